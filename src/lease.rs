//! Work that goes on whatever ends the program: whoever holds the lease of a piece of it does it, and a lease that runs out is taken by another.

use crate::app::App;
use crate::db::Conn;
use crate::error::Error;

/// Seconds for which a lease is taken and renewed with every transaction. One that is lost in a slow moment costs nothing but that moment's work: who holds it
/// is looked at in every transaction.
const LEASE: i64 = 5;

/// A piece of work as the database has it.
pub trait Leased: Sized + Send + 'static {
    /// Its id, its state, and the lease under which it was taken.
    fn held(&self) -> (&str, &str, &str);

    /// Takes the lease until an instant: of the one that is named, or of the oldest; none where somebody works on it or there is nothing to do.
    ///
    /// # Errors
    /// A fault.
    fn claim(conn: &mut Conn, id: Option<&str>, lease: &str, now: i64, until: i64) -> Result<Option<Self>, Error>;

    /// Renews a lease until an instant: the work, locked until the transaction ends; none where another one has it.
    ///
    /// # Errors
    /// A fault.
    fn hold(conn: &mut Conn, id: &str, lease: &str, until: i64) -> Result<Option<Self>, Error>;

    /// Writes it.
    ///
    /// # Errors
    /// A fault.
    fn keep(&self, conn: &mut Conn) -> Result<(), Error>;
}

/// Takes the work that is named, or the oldest that waits; none where there is none.
///
/// # Errors
/// A fault of the database.
pub async fn claim<R: Leased>(app: &App, id: Option<&str>) -> Result<Option<R>, Error> {
    let (id, lease, now) = (id.map(str::to_owned), app.edge.id("lse"), app.edge.now());
    app.db.write(move |conn| R::claim(conn, id.as_deref(), &lease, now, now + LEASE)).await
}

/// Changes work that is still held, in one transaction that renews its lease; none where the lease was lost or people have decided otherwise meanwhile.
///
/// # Errors
/// What `change` returns, and then nothing is kept; or a fault of the database.
pub async fn holding<R, F>(app: &App, work: &R, change: F) -> Result<Option<R>, Error>
where
    R: Leased,
    F: Fn(&mut Conn, R) -> Result<R, Error> + Send + 'static,
{
    let (id, state, lease) = work.held();
    let (id, state, lease, until) = (id.to_owned(), state.to_owned(), lease.to_owned(), app.edge.now() + LEASE);
    let renewed = move |conn: &mut Conn| match R::hold(conn, &id, &lease, until)? {
        Some(work) if work.held().1 == state => {
            let work = change(conn, work)?;
            work.keep(conn)?;
            Ok(Some(work))
        }
        _ => Ok(None),
    };
    app.db.write(renewed).await
}
