use vocabulary::{LocalDate, PersonId};

use crate::base::{Fault, Query, Tx};

/// Gives a new person the own values of dimensions that another has on a date, from his first day on.
pub async fn copy_dimensions(
    tx: &Tx,
    from: PersonId,
    on: LocalDate,
    to: PersonId,
    first: LocalDate,
) -> Result<(), Fault> {
    tx.run(
        "INSERT INTO person_dimension (person_id, dimension_id, valid_from, value_id) \
         SELECT $3, d.dimension_id, $4, d.value_id FROM person_dimension d \
         WHERE d.person_id = $1 AND d.value_id IS NOT NULL AND d.valid_from = ( \
           SELECT max(l.valid_from) FROM person_dimension l WHERE l.person_id = $1 \
             AND l.dimension_id = d.dimension_id AND l.valid_from <= $2) \
         ON CONFLICT (person_id, dimension_id, valid_from) DO NOTHING",
        vec![from.into(), on.into(), to.into(), first.into()],
    )
    .await?;
    Ok(())
}
