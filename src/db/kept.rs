//! Statements that stay prepared.

use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::{QueryResult, RunQueryDsl};

/// A statement whose text is always the same. diesel prepares an UPDATE and some SELECTs anew each time, because their text may depend on their values;
/// in this one it does not, so that the connection keeps it prepared. Read its rows (`get_result`, `load`): `execute` passes it by reference, and through
/// a reference diesel does not ask it.
#[derive(Clone, Copy, Debug)]
pub struct Kept<Q>(pub Q);

impl<DB: diesel::backend::Backend, Q: QueryFragment<DB>> QueryFragment<DB> for Kept<Q> {
    fn walk_ast<'b>(&'b self, out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        self.0.walk_ast(out)
    }

    fn is_safe_to_cache_prepared(&self, _: &DB) -> QueryResult<bool> {
        Ok(true)
    }
}

/// It is known by its text.
impl<Q> QueryId for Kept<Q> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<Q: Query> Query for Kept<Q> {
    type SqlType = Q::SqlType;
}

impl<Q, C> RunQueryDsl<C> for Kept<Q> {}
