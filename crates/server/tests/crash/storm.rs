//! Clients that write without rest, over HTTP, and remember what they were told.

use huis_kernel::CaseNumber;
use std::{
    collections::BTreeMap,
    net::SocketAddr,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    thread::JoinHandle,
    time::Duration,
};

use crate::{
    common::http::{Page, Visitor, form, pairs},
    house::{CLIENTS, House, login, name},
};

/// What the client knows of one of its writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It was told that it is recorded.
    Acknowledged,
    /// It was told that it is not.
    Refused,
    /// Sent, and no answer that says: the server, or its database, went meanwhile.
    Unknown,
}

#[derive(Clone, Debug)]
pub struct Write {
    pub dossier: CaseNumber,
    /// Cents of the act, or number of the name.
    pub what: u64,
    pub fate: Fate,
}

#[derive(Clone, Default)]
pub struct Log {
    pub acts: Vec<Write>,
    /// In their order: each dossier's section has one writer.
    pub sections: Vec<Write>,
    /// Answers by status.
    pub statuses: BTreeMap<u16, u32>,
    /// A page of each error status.
    pub seen: BTreeMap<u16, String>,
}

impl Log {
    pub fn count(&self, fate: Fate) -> usize {
        self.acts.iter().chain(&self.sections).filter(|w| w.fate == fate).count()
    }
}

pub struct Storm {
    address: Arc<Mutex<Option<SocketAddr>>>,
    stop: Arc<AtomicBool>,
    pub log: Arc<Mutex<Log>>,
    threads: Vec<JoinHandle<()>>,
}

/// A small generator of one's own: a storm is told again by its seed.
pub struct Dice(u64);

impl Dice {
    pub const fn new(seed: u64) -> Self {
        Self(seed ^ 0x9E37_79B9_7F4A_7C15)
    }
    pub fn below(&mut self, n: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % n
    }
}

impl Storm {
    /// Signs every client in, then lets them loose.
    pub fn begin(house: &House, address: SocketAddr, seed: u64) -> Self {
        let mut storm = Self {
            address: Arc::new(Mutex::new(Some(address))),
            stop: Arc::default(),
            log: Arc::default(),
            threads: Vec::new(),
        };
        for client in 0..CLIENTS {
            let mut visitor = Visitor::new(address);
            visitor.sign_in(&login(client));
            let mut client = Client {
                visitor,
                client,
                made: 0,
                numbers: house.numbers.clone(),
                dice: Dice::new(seed + 1 + client as u64),
                log: Arc::clone(&storm.log),
            };
            let (address, stop) = (Arc::clone(&storm.address), Arc::clone(&storm.stop));
            storm.threads.push(std::thread::spawn(move || {
                while !stop.load(Ordering::Relaxed) {
                    let there = *address.lock().unwrap();
                    match there {
                        Some(there) => {
                            client.visitor.move_to(there);
                            // A server that goes before the form was sent wrote nothing.
                            let _ = client.write();
                        }
                        None => std::thread::sleep(Duration::from_millis(5)),
                    }
                }
            }));
        }
        storm
    }

    pub fn lost(&self) {
        *self.address.lock().unwrap() = None;
    }

    pub fn back(&self, address: SocketAddr) {
        *self.address.lock().unwrap() = Some(address);
    }

    pub fn acknowledged(&self) -> usize {
        self.log.lock().unwrap().count(Fate::Acknowledged)
    }

    /// Waits until so many more writes were acknowledged: the server is back at work.
    pub fn goes_on(&self, more: usize, what: &str) {
        let (begun, before) = (std::time::Instant::now(), self.acknowledged());
        while self.acknowledged() < before + more {
            let log = self.log.lock().unwrap();
            let long = begun.elapsed() > Duration::from_secs(60);
            assert!(
                !long,
                "{what}: nothing is written any more: {:?} {:?}",
                log.statuses, log.seen
            );
            drop(log);
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    pub fn end(self) -> Log {
        self.stop.store(true, Ordering::Relaxed);
        for thread in self.threads {
            thread.join().unwrap();
        }
        std::mem::take(&mut *self.log.lock().unwrap())
    }
}

struct Client {
    visitor: Visitor,
    client: usize,
    made: u64,
    numbers: Vec<CaseNumber>,
    dice: Dice,
    log: Arc<Mutex<Log>>,
}

impl Client {
    fn write(&mut self) -> std::io::Result<()> {
        self.made += 1;
        let what = (self.client as u64 + 1) * 1_000_000 + self.made;
        let section = self.dice.below(3) == 0;
        let i = self.dice.below(self.numbers.len() as u64) as usize;
        // Acts of any dossier, so that clients meet; its section is one client's own.
        let i = if section { i - i % CLIENTS + self.client } else { i };
        let number = self.numbers[i];
        let (path, mut fields) = if section {
            let fields = vec![
                ("qualite", "en_impaye".to_owned()),
                ("nom", name(what)),
                ("prenom", "Jeanne".to_owned()),
                ("date_naissance", "17/05/1980".to_owned()),
            ];
            (format!("/dossiers/{number}/volets/occupant/1"), fields)
        } else {
            let zone = huis_kernel::Zone::named("Europe/Paris").unwrap();
            let today = huis_kernel::Clock::now(&huis_kernel::SystemClock).date_in(&zone);
            let fields = vec![
                ("on", today.strftime("%d/%m/%Y").to_string()),
                ("versement", format!("{},{:02}", what / 100, what % 100)),
                ("_etape", "confirmer".to_owned()),
            ];
            (format!("/dossiers/{number}/actes/etat-dette"), fields)
        };
        let page = self.visitor.try_send("GET", &path, "")?;
        if page.status != 200 {
            self.note(&page);
            return Ok(());
        }
        let hidden = page.hidden();
        let mut all = pairs(&hidden);
        all.extend(fields.iter_mut().map(|(n, v)| (*n, v.as_str())));
        let place = {
            let mut log = self.log.lock().unwrap();
            let list = if section { &mut log.sections } else { &mut log.acts };
            list.push(Write { dossier: number, what, fate: Fate::Unknown });
            list.len() - 1
        };
        let sent = self.visitor.try_send("POST", &path, &form(&all))?;
        self.note(&sent);
        let mut log = self.log.lock().unwrap();
        let list = if section { &mut log.sections } else { &mut log.acts };
        list[place].fate = match sent.status {
            303 => Fate::Acknowledged,
            // The database went while the transaction ended: either may be.
            500.. => Fate::Unknown,
            _ => Fate::Refused,
        };
        Ok(())
    }

    fn note(&self, page: &Page) {
        let mut log = self.log.lock().unwrap();
        *log.statuses.entry(page.status).or_default() += 1;
        if page.status >= 400 || page.status == 200 {
            let main = page.body.split_once("<main").map_or(page.body.as_str(), |m| m.1);
            let text = format!("{} : {}", page.title(), crate::common::squeeze(main));
            log.seen.entry(page.status).or_insert(text);
        }
    }
}
