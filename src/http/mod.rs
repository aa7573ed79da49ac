//! The HTTP surface: the route table, the server, and what all handlers share.

pub mod body;
pub mod cache;
pub mod caller;
pub mod cors;
pub mod envelope;
mod export;
mod health;
pub mod idempotency;
pub mod limits;
mod methods;
pub mod openapi;
pub mod page;
pub mod problem;
mod server;
pub mod stream;
mod tls;

pub use server::{Running, serve, told_to_end};

use utoipa_actix_web::service_config::ServiceConfig;

use crate::access::api as access;
use crate::achievements::api as achievements;
use crate::agreements::api as agreements;
use crate::batches::api as batches;
use crate::certificates::api as certificates;
use crate::changes::api as changes;
use crate::keys::api as keys;
use crate::learners::api as learners;
use crate::learners::api::account;
use crate::ledger::api as ledger;
use crate::partners::api as partners;
use crate::programmes::api as programmes;
use crate::providers::api as providers;
use crate::receipts::api as receipts;
use crate::recognition::api as recognition;
use crate::transfers::api as transfers;
use crate::transfers::api::{own as own_transfers, peer as peers};
use crate::verification::api as verification;
use crate::webhooks::api as webhooks;
use crate::{pages, regions, trust};

/// THE route table. Everything the registry answers is listed here, slice by slice.
pub fn routes(config: &mut ServiceConfig<'_>) {
    // Routes are tried in this order, and this one is asked far more than all others.
    config.service(verification::verify);
    config.service(health::live).service(health::ready).service(health::metrics);
    config.service(openapi::read);
    config.service(access::create_token).service(access::create_client).service(access::list_clients);
    config.service(access::rotate_client).service(access::disable_client);
    config.service(providers::create).service(providers::change).service(providers::list).service(providers::read);
    config.service(keys::list).service(keys::create).service(keys::retire).service(keys::revoke);
    config.service(verification::look_up).service(certificates::search);
    config.service(certificates::create).service(certificates::list).service(certificates::read);
    config.service(certificates::suspend).service(certificates::reinstate).service(certificates::revoke).service(certificates::replace);
    config.service(certificates::qr_svg).service(certificates::qr_png);
    config.service(batches::create).service(batches::list).service(batches::read).service(batches::approve).service(batches::cancel);
    config.service(batches::validate).service(batches::retry).service(batches::errors).service(batches::marked).service(batches::results);
    config.service(changes::create).service(changes::list).service(changes::read).service(changes::approve).service(changes::cancel);
    config.service(changes::refusals);
    config.service(batches::progress).service(batches::template).service(batches::rule).service(batches::set_rule);
    config.service(regions::api::read).service(trust::api::jwks).service(trust::api::region_did).service(trust::api::provider_did);
    config.service(trust::api::status_list);
    config.service(trust::api::bundle::file).service(trust::api::bundle::manifests).service(trust::api::bundle::part);
    config.service(trust::api::bundle::delta);
    config.service(partners::pin).service(partners::list).service(partners::read).service(partners::fetch).service(partners::unpin);
    config.service(agreements::propose).service(agreements::list).service(agreements::read).service(agreements::file);
    config.service(agreements::sign).service(agreements::end).service(agreements::publish);
    config.service(agreements::import).service(agreements::exchange);
    config.service(agreements::lint).service(agreements::diff).service(agreements::print);
    config.service(learners::open).service(learners::query).service(learners::read).service(learners::make_code);
    config.service(learners::close).service(learners::merge);
    config.service(account::sign_in).service(account::sign_out).service(account::read).service(account::looks).service(account::close);
    config.service(certificates::mine).service(certificates::own_qr_svg).service(export::export);
    config.service(ledger::create_scheme).service(ledger::list_schemes);
    config.service(ledger::balances).service(ledger::lots).service(ledger::postings);
    config.service(ledger::all_postings).service(ledger::own_hours).service(ledger::hours);
    config.service(achievements::create).service(achievements::list).service(achievements::read);
    config.service(achievements::replace).service(achievements::void);
    config.service(programmes::publish).service(programmes::list).service(programmes::read).service(programmes::withdraw);
    config.service(programmes::suggest).service(programmes::mine).service(programmes::redeem).service(programmes::redemption);
    // Before the decisions, whose route would take the word for a digest.
    config.service(receipts::issue).service(receipts::list).service(receipts::read).service(receipts::revoke);
    config.service(recognition::evaluate).service(recognition::read).service(recognition::waive).service(recognition::waivers);
    config.service(recognition::listing).service(recognition::recognised).service(recognition::coverage);
    config.service(transfers::take).service(transfers::channels).service(peers::lines).service(peers::hand_over).service(peers::reconcile);
    config.service(peers::reopen).service(peers::retry);
    config.service(transfers::quote).service(transfers::propose).service(transfers::list).service(transfers::read).service(transfers::dossier);
    config.service(transfers::withdraw).service(transfers::give_back);
    config.service(own_transfers::quote).service(own_transfers::propose).service(own_transfers::list).service(own_transfers::read);
    config.service(own_transfers::withdraw).service(own_transfers::give_back).service(own_transfers::destinations);
    config.service(webhooks::create).service(webhooks::list).service(webhooks::read).service(webhooks::change).service(webhooks::remove);
    config.service(webhooks::roll).service(webhooks::test).service(webhooks::deliveries).service(webhooks::replay);
    config.map(pages::api::routes);
}
