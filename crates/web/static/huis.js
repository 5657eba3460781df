// What makes the pages quicker where JavaScript runs. Everything works without it.
"use strict";
(() => {
  const all = (selector, root = document) => Array.from(root.querySelectorAll(selector));
  const typing = (el) => el && (el.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(el.tagName))
    && !/^(checkbox|radio|submit|button)$/.test(el.type || "");

  // A refused form: the summary of faults is read first.
  const summary = document.querySelector("[data-focus]");
  if (summary) summary.focus();
  // A page that is one form is typed into at once; its second look is answered by a key. Not with a
  // finger, where a keyboard would hide the page.
  else if (!matchMedia("(pointer: coarse)").matches && !location.hash) {
    const first = document.querySelector(["button.primary[value=confirmer]",
      "input:not([type=hidden])", "select", "textarea"].map((s) => `[data-first] ${s}`).join());
    if (first) first.focus();
  }

  // The list is found again as it was left: its filters are codes, kept by this tab alone.
  if (location.pathname === "/dossiers") sessionStorage.setItem("liste", location.search);
  else for (const link of all(".crumbs a[href='/dossiers']"))
    link.setAttribute("href", "/dossiers" + (sessionStorage.getItem("liste") || ""));

  // A form that was touched is not left, nor replaced by a live update, without a word.
  const dirty = new Set();
  for (const form of all("form[data-guard]")) {
    form.addEventListener("input", () => dirty.add(form));
    form.addEventListener("submit", () => dirty.delete(form));
  }
  addEventListener("beforeunload", (event) => { if (dirty.size) event.preventDefault(); });

  // No double sending.
  document.addEventListener("submit", (event) => {
    const ask = event.submitter && event.submitter.dataset.confirm;
    if (ask && !confirm(ask)) { event.preventDefault(); return; }
    if (event.target.dataset.sent) event.preventDefault();
    else if (event.target.method === "post") event.target.dataset.sent = "1";
  });
  addEventListener("pageshow", () => all("form[data-sent]").forEach((f) => delete f.dataset.sent));

  // Filters apply at once.
  for (const form of all("form[data-autosubmit]"))
    form.addEventListener("change", () => form.requestSubmit());
  for (const button of all("[data-print]")) button.addEventListener("click", () => print());

  // Dates: « j » is today, « + » and « - » move by a day; eight digits get their slashes.
  const pad = (n, size = 2) => String(n).padStart(size, "0");
  const write = (d) => `${pad(d.getDate())}/${pad(d.getMonth() + 1)}/${pad(d.getFullYear(), 4)}`;
  const read = (text) => {
    const m = /^(\d{1,2})\/(\d{1,2})\/(\d{4})$/.exec(text.trim());
    return m ? new Date(+m[3], m[2] - 1, +m[1], 12) : null;
  };
  document.addEventListener("keydown", (event) => {
    const input = event.target;
    if (!input.dataset || input.dataset.kind !== "date") return;
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    let day = null;
    if (event.key === "j") day = new Date();
    else if (event.key === "+" || (event.key === "-" && read(input.value))) {
      day = read(input.value) || new Date();
      day.setDate(day.getDate() + (event.key === "+" ? 1 : -1));
    }
    if (!day) return;
    event.preventDefault();
    input.value = write(day);
    input.dispatchEvent(new Event("input", { bubbles: true }));
  });
  document.addEventListener("change", (event) => {
    const input = event.target;
    const m = input.dataset && input.dataset.kind === "date" && /^(\d\d)(\d\d)(\d{4})$/.exec(input.value);
    if (m) input.value = `${m[1]}/${m[2]}/${m[3]}`;
  });

  // Shortcuts: single keys can be switched off (WCAG 2.1.4).
  const KEY = "huis.raccourcis";
  const enabled = () => { try { return localStorage.getItem(KEY) !== "non"; } catch { return true; } };
  const box = document.getElementById("raccourcis");
  if (box) {
    box.checked = enabled();
    box.addEventListener("change", () => {
      try { localStorage.setItem(KEY, box.checked ? "oui" : "non"); } catch { /* stays as it is */ }
    });
  }
  let went = 0;
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target) || !enabled()) return;
    const now = Date.now();
    if (event.key === "g") { went = now; return; }
    if (now - went < 1500) {
      went = 0;
      const link = all("[data-letter]").find((a) => a.dataset.letter === event.key);
      if (link) { event.preventDefault(); link.click(); }
      return;
    }
    if (event.key === "?") { location.assign("/aide"); return; }
    const target = event.key.length === 1 && all("[data-shortcut]").find((i) => i.dataset.shortcut === event.key);
    if (target) { event.preventDefault(); target.focus(); target.select(); return; }
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      const links = all("table[data-rows] tbody tr").map((tr) => tr.querySelector("a")).filter(Boolean);
      const row = document.activeElement && document.activeElement.closest("tr");
      const at = row ? links.findIndex((a) => row.contains(a)) : -1;
      const inTable = at >= 0 || document.activeElement === document.body;
      const next = links[at < 0 ? 0 : at + (event.key === "ArrowDown" ? 1 : -1)];
      if (inTable && next) { event.preventDefault(); next.focus(); }
    }
  });
  document.addEventListener("click", (event) => {
    for (const menu of all("details.agent-menu[open]")) if (!menu.contains(event.target)) menu.open = false;
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const menu of all("details.agent-menu[open]")) { menu.open = false; menu.querySelector("summary").focus(); }
  });

  // Live update: the server says only « changed »; what changed comes by a traced read.
  const live = document.querySelector("[data-live]");
  const messages = document.getElementById("messages");
  if (live && messages) {
    const say = (text, link) => {
      const note = document.getElementById("note-vif") || document.createElement("p");
      note.id = "note-vif";
      note.className = "note info";
      note.textContent = text;
      if (link) {
        const a = document.createElement("a");
        Object.assign(a, { href: location.pathname, target: "_blank", rel: "noopener", textContent: link });
        note.append(" ", a);
      }
      messages.append(note);
    };
    const swap = (html) => {
      const open = new Set(all("details[open][id], [id] > details[open]", live).map((d) => d.id || d.parentElement.id));
      const focused = document.activeElement && document.activeElement.id;
      const parsed = new DOMParser().parseFromString(html, "text/html");
      live.replaceChildren(...parsed.body.childNodes);
      for (const d of all("details", live)) if (open.has(d.id || (d.parentElement && d.parentElement.id))) d.open = true;
      if (focused && document.getElementById(focused)) document.getElementById(focused).focus();
    };
    let failures = 0;
    const look = async () => {
      if (document.hidden) return;
      try {
        const url = `${live.dataset.live}?depuis=${encodeURIComponent(live.dataset.version)}`;
        const answer = await fetch(url, { cache: "no-store", credentials: "same-origin" });
        if (!answer.ok) throw new Error(String(answer.status));
        if (failures > 2) say(live.dataset.updated);
        failures = 0;
        if (answer.status === 204) return;
        const version = (await answer.text()).trim();
        if (dirty.size || live.querySelector("form :focus")) { say(live.dataset.changed, live.dataset.see); }
        else {
          const fragment = await fetch(live.dataset.fragment, { cache: "no-store", credentials: "same-origin" });
          if (!fragment.ok) throw new Error(String(fragment.status));
          swap(await fragment.text());
          say(live.dataset.updated);
        }
        live.dataset.version = version;
      } catch {
        failures += 1;
        if (failures === 3) say(live.dataset.lost);
      }
    };
    setInterval(look, 5000);
    document.addEventListener("visibilitychange", look);
  }
})();
