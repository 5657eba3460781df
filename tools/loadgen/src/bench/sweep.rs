//! The sweep: with nothing due it costs as much at any size; with one dossier in a hundred due, it
//! costs what is due.

use anyhow::{Context, Result};
use huis_kernel::{Clock, Date, ManualClock, SystemClock, Zone};
use huis_store::measure;
use huis_usecases::Huis;
use std::{sync::Arc, time::Instant};

use super::{Bench, pages::growth};
use crate::{
    figures::{Asked, Figures},
    place::{Place, office},
    replay::{self, Cost},
};

pub(super) async fn run(bench: &mut Bench, places: &[Place]) -> Result<()> {
    let mut idle: Vec<(usize, Cost, f64)> = Vec::new();
    let mut due: Vec<(usize, u64, f64)> = Vec::new();
    for place in places {
        let huis = place.open("mesure").await?;
        // What is due today is done first.
        huis.sweep().await?;
        measure::taken();
        let mut took = Figures::new();
        huis.sweep().await?;
        let cost = replay::cost(place, &measure::taken())?;
        for _ in 0..bench.rounds.max(3) {
            let started = Instant::now();
            huis.sweep().await?;
            took.add_ms(started.elapsed());
        }
        idle.push((place.size, cost, took.median()));
        let day = day_when(&huis, place.size.div_ceil(100)).await?;
        huis.stop().await?;
        let copy = bench.copy(place)?;
        // It opens at the hour of its database, then the day comes.
        let clock = Arc::new(ManualClock::at(SystemClock.now()));
        let huis = copy.open_at("mesure-terme", Arc::clone(&clock) as Arc<dyn Clock>).await?;
        let day = Zone::named("Europe/Paris").unwrap_or_else(Zone::utc).start_of(day);
        clock.set(day.plus_ms(12 * 3_600_000));
        let started = Instant::now();
        let report = huis.sweep().await?;
        let took = started.elapsed().as_secs_f64();
        due.push((place.size, report.archived + report.destroyed, took));
    }
    let told: Vec<String> = idle
        .iter()
        .map(|(size, cost, ms)| {
            format!("{size} : {} pas, {} pages, {ms:.1} ms", cost.steps, cost.pages)
        })
        .collect();
    let engine = places.first().map_or("", Place::engine);
    let (least, most) = idle.first().zip(idle.last()).context("sans taille")?;
    let ratio = growth(least.1, most.1);
    let asked = if places.len() > 1 { Asked::AtMost(1.2) } else { Asked::Told };
    bench.tell(None, &format!("termes, rien d’échu, {engine}"), told.join(" — "), ratio, asked);
    let told: Vec<String> = due
        .iter()
        .map(|(size, units, took)| {
            format!("{size} : {units} durées en {took:.1} s, {:.0}/s", *units as f64 / took)
        })
        .collect();
    #[expect(clippy::cast_precision_loss, reason = "some thousands of units")]
    let each = |(_, units, took): &(usize, u64, f64)| took / (*units).max(1) as f64;
    let (least, most) = due.first().zip(due.last()).context("sans taille")?;
    bench.tell(
        None,
        &format!("termes, 1 % échu, temps par durée, {engine}"),
        told.join(" — "),
        each(most) / each(least),
        asked,
    );
    Ok(())
}

/// The first day on which so many retention units are due.
async fn day_when(huis: &Huis, units: usize) -> Result<Date> {
    let office = office(huis).await?;
    let zone = Zone::named("Europe/Paris").unwrap_or_else(Zone::utc);
    let limit = u32::try_from(units).unwrap_or(u32::MAX);
    let (mut low, mut high) = (0_i64, 366 * 8);
    while low < high {
        let middle = (low + high) / 2;
        let day = SystemClock.now().plus_ms(middle * 86_400_000).date_in(&zone);
        if huis.store().due(office, day, limit).await?.len() >= units {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    Ok(SystemClock.now().plus_ms(low * 86_400_000).date_in(&zone))
}
