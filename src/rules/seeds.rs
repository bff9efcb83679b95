use serde::Deserialize;
use serde_json::Value;
use std::collections::HashSet;
use vocabulary::Instant;

use super::{RuleKind, body, publish, read, store};
use crate::base::{Actor, EFFECTIVE_RANGE, Failure, Fault, Tx, audit};

/// Seed rules of domain 7 and 8 and the request types of 12.4, in an order in which every name is
/// known before it is used.
const SEEDS: &str = include_str!("seeds.json");

#[derive(Deserialize)]
struct Seed {
    kind: String,
    code: String,
    name: String,
    body: Value,
}

/// Publishes the seed rules, request types and schemes that are absent; how many there were. Nobody
/// can have an absent scheme, so nothing is marked. What exists stays as it is, whatever it says.
pub async fn ensure_seeds(tx: &Tx, at: Instant) -> Result<usize, Failure> {
    let seeds: Vec<Seed> = serde_json::from_str(SEEDS)?;
    let mut named = Vec::with_capacity(seeds.len());
    for seed in &seeds {
        named.push((kind(seed)?, seed.code.as_str()));
    }
    let present: HashSet<(RuleKind, String)> = read::named(tx, &named).await?.into_keys().collect();
    let mut made = 0;
    for seed in &seeds {
        let kind = kind(seed)?;
        if !present.contains(&(kind, seed.code.clone())) {
            insert(tx, kind, seed, at).await?;
            made += 1;
        }
    }
    if made > 0 {
        let detail = serde_json::json!({ "made": made });
        audit(tx, &Actor::system(), at, "seed", "rule", "seeds", detail).await?;
    }
    Ok(made)
}

fn kind(seed: &Seed) -> Result<RuleKind, Fault> {
    seed.kind.parse().map_err(|e| Fault::new("kind of a seed", e))
}

async fn insert(tx: &Tx, kind: RuleKind, seed: &Seed, at: Instant) -> Result<(), Failure> {
    let form = body::read(kind, &seed.code, &seed.body)?;
    let from = *EFFECTIVE_RANGE.start();
    let uses = publish::used_rules(tx, &form, from).await?;
    let rule_id = store::put_rule(tx, kind, &seed.code, Some(&seed.name)).await?;
    let row = store::NewVersionRow {
        rule_id,
        version: 1,
        effective_from: from,
        body: &form.canonical,
        at,
        author: None,
        uses: &uses,
    };
    store::insert_version(tx, &row).await?;
    Ok(())
}
