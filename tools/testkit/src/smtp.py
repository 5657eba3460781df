"""A mail server that writes each mail into a folder, as one JSON file."""

import asyncio
import email
import email.policy
import json
import os
import sys

from aiosmtpd.smtp import SMTP

folder = sys.argv[1]


class Keep:
    count = 0

    async def handle_DATA(self, server, session, envelope):
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        text = message.get_body(("plain", "html"))
        Keep.count += 1
        path = os.path.join(folder, f"{Keep.count:06}")
        with open(path + ".part", "w", encoding="utf-8") as out:
            json.dump(
                {
                    "from": envelope.mail_from,
                    "to": envelope.rcpt_tos,
                    "subject": str(message["subject"] or ""),
                    "body": text.get_content() if text else "",
                    "raw": envelope.content.decode("utf-8", "replace"),
                },
                out,
                ensure_ascii=False,
            )
        # A reader never sees half a mail.
        os.rename(path + ".part", path + ".json")
        return "250 OK"


async def serve():
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(Keep(), enable_SMTPUTF8=True), "127.0.0.1", 0)
    print("port", server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


asyncio.run(serve())
