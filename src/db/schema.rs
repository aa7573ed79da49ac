//! Tables as migrations/ makes them. Column types are TEXT, BIGINT and BYTEA on both databases.
#![allow(missing_docs)] // the table! macro makes the items
use diesel::{allow_tables_to_appear_in_same_query, joinable, table};

table! { evidence (seq) { seq -> BigInt, kind -> Text, at -> BigInt, subject -> Text, salt -> Binary, commitment -> Binary, } }
table! { revisions (name) { name -> Text, n -> BigInt, } }

table! { regions (code) { code -> Text, name_zh -> Text, name_en -> Text, zone -> BigInt, epoch -> BigInt, created_at -> BigInt, } }
table! { data_keys (name) { name -> Text, sealed -> Binary, created_at -> BigInt, } }
table! {
    keys (kid) {
        kid -> Text, short_kid -> Text, purpose -> Text, provider_id -> Nullable<Text>, slot -> Text, public -> Binary, sealed -> Binary,
        from_at -> BigInt, until_at -> BigInt, created_at -> BigInt, retired_at -> Nullable<BigInt>, revoked_at -> Nullable<BigInt>,
        revoke_reason -> Nullable<Text>,
    }
}
table! { key_events (id) { id -> Text, kid -> Text, kind -> Text, at -> BigInt, document -> Text, } }

table! {
    clients (id) {
        id -> Text, name -> Text, role -> Text, provider_id -> Nullable<Text>, secret_hash -> Binary, created_at -> BigInt,
        rotated_at -> BigInt, disabled_at -> Nullable<BigInt>,
    }
}
table! { client_events (id) { id -> Text, client_id -> Text, kind -> Text, at -> BigInt, document -> Text, } }
table! {
    idempotency (client_id, key) {
        client_id -> Text, key -> Text, input_hash -> Binary, status -> BigInt, body -> Text, created_at -> BigInt,
    }
}

table! {
    providers (id) {
        id -> Text, credit_code -> Text, name_zh -> Text, name_en -> Text, kind -> Text, revision -> BigInt, created_at -> BigInt,
    }
}
table! {
    provider_intervals (id) {
        id -> Text, provider_id -> Text, n -> BigInt, from_day -> Text, until_day -> Nullable<Text>, standing -> Text,
        class -> Nullable<Text>, flag -> Nullable<Text>, scope -> Nullable<Text>, cause -> Text, recorded_at -> BigInt, document -> Text,
    }
}

table! {
    status_lists (id) { id -> BigInt, provider_id -> Text, next_index -> BigInt, version -> BigInt, changed_at -> BigInt, year -> BigInt, }
}
table! {
    certificates (id) {
        id -> Text, number -> Text, provider_id -> Text, kid -> Text, kind -> Text, occupation -> Nullable<Text>, title -> Nullable<Text>,
        level -> Nullable<BigInt>, grade -> Nullable<Text>, assessed_on -> Text, issued_at -> BigInt, valid_until -> Nullable<Text>,
        status -> Text, status_list -> BigInt, status_index -> BigInt, replaces -> Nullable<Text>, replaced_by -> Nullable<Text>,
        id_kind -> Text, id_sealed -> Binary, id_hash -> Binary, name_hash -> Binary, extra -> Text, card -> Text,
        batch_id -> Nullable<Text>, batch_line -> Nullable<BigInt>,
    }
}
table! {
    certificate_events (id) {
        id -> Text, certificate_id -> Text, kind -> Text, at -> BigInt, reason -> Text, actor -> Text, document -> Text,
    }
}

table! {
    bundle_manifests (id) { id -> Text, seq -> BigInt, epoch -> BigInt, iat -> BigInt, basis -> Text, sha256 -> Text, jws -> Text, }
}
table! { bundle_parts (sha256) { sha256 -> Text, gzip -> Binary, superseded_at -> Nullable<BigInt>, } }

table! {
    partners (region) {
        region -> Text, url -> Text, key -> Text, pin -> Text, pinned_at -> BigInt, manifest -> Nullable<Text>, epoch -> Nullable<BigInt>,
        seq -> Nullable<BigInt>, etag -> Nullable<Text>, fetched_at -> Nullable<BigInt>, next_at -> BigInt, failures -> BigInt,
        error -> Nullable<Text>, error_detail -> Nullable<Text>, alarm -> Nullable<Text>, claim -> Text, claimed_until -> BigInt,
    }
}
table! { partner_parts (region, sha256) { region -> Text, sha256 -> Text, body -> Binary, } }
table! {
    partner_events (id) { id -> Text, region -> Text, kind -> Text, code -> Nullable<Text>, at -> BigInt, document -> Text, }
}

table! {
    learners (id) {
        id -> Text, id_kind -> Text, id_sealed -> Binary, id_hash -> Binary, name_sealed -> Binary, opened_at -> BigInt, opened_by -> Text,
        state -> Text, merged_into -> Nullable<Text>, closed_at -> Nullable<BigInt>,
    }
}
table! { learner_events (id) { id -> Text, learner_id -> Text, kind -> Text, at -> BigInt, actor -> Text, document -> Text, } }
table! {
    learner_codes (code_hash) {
        code_hash -> Binary, learner_id -> Text, made_at -> BigInt, expires_at -> BigInt, made_by -> Text, used_at -> Nullable<BigInt>,
    }
}
table! {
    learner_sessions (token_hash) {
        token_hash -> Binary, learner_id -> Text, made_at -> BigInt, expires_at -> BigInt, ended_at -> Nullable<BigInt>,
    }
}
table! { learner_views (id) { id -> Text, learner_id -> Text, at -> BigInt, actor -> Text, what -> Text, } }

table! { schemes (id) { id -> Text, document -> Text, defined_at -> BigInt, } }
table! {
    lots (id) {
        id -> Text, learner_id -> Text, scheme -> Text, amount -> BigInt, kind -> Text, category -> Nullable<Text>, course -> Nullable<Text>,
        title -> Nullable<Text>, occupation -> Nullable<Text>, level -> Nullable<BigInt>, grade -> Nullable<Text>,
        provider_id -> Nullable<Text>, earned_on -> Text, expires_on -> Nullable<Text>, origin -> Text, basis -> Text, part -> BigInt,
        revision -> BigInt, replaces -> Nullable<Text>, minted_at -> BigInt,
    }
}
table! { lot_balances (lot_id) { lot_id -> Text, available -> BigInt, expires_on -> Nullable<Text>, } }
table! {
    entries (id) {
        id -> Text, kind -> Text, subject -> Nullable<Text>, cause -> Text, on_day -> Text, at -> BigInt, content -> Binary,
    }
}
table! {
    movements (entry_id, n) { entry_id -> Text, n -> BigInt, lot_id -> Text, from_place -> Text, to_place -> Text, amount -> BigInt, }
}
table! {
    achievements (id) {
        id -> Text, learner_id -> Text, provider_id -> Text, earned_on -> Text, recorded_at -> BigInt, recorded_by -> Text, digest -> Text,
        basis -> Text, document -> Text, replaces -> Nullable<Text>, state -> Text,
    }
}
table! {
    achievement_events (id) { id -> Text, achievement_id -> Text, kind -> Text, at -> BigInt, actor -> Text, document -> Text, }
}

table! { programmes (id) { id -> Text, version -> BigInt, state -> Text, } }
table! {
    programme_versions (id) {
        id -> Text, programme_id -> Text, version -> BigInt, digest -> Text, document -> Text, published_at -> BigInt, published_by -> Text,
    }
}
table! { programme_events (id) { id -> Text, programme_id -> Text, kind -> Text, at -> BigInt, actor -> Text, document -> Text, } }
table! {
    redemptions (id) {
        id -> Text, programme_id -> Text, programme -> Text, learner_id -> Text, provider_id -> Text, certificate_id -> Text, entry_id -> Text,
        redeemed_at -> BigInt, redeemed_by -> Text, digest -> Text, document -> Text,
    }
}
table! {
    agreements (id) {
        id -> Text, digest -> Text, urn -> Text, version -> BigInt, document -> Text, received_at -> BigInt, received_by -> Text,
    }
}
table! {
    agreement_signatures (id) { id -> Text, digest -> Text, region -> Text, at -> BigInt, document -> Text, actor -> Text, }
}
table! {
    agreement_notices (id) {
        id -> Text, digest -> Text, region -> Text, at -> BigInt, effective -> Text, document -> Text, actor -> Text,
    }
}
table! { agreement_publications (id) { id -> Text, digest -> Text, at -> BigInt, actor -> Text, document -> Text, } }
table! {
    waivers (id) { id -> Text, digest -> Text, subject -> Text, document -> Text, signed_at -> BigInt, signed_by -> Text, }
}
table! {
    recognition_decisions (id) {
        id -> Text, digest -> Text, decision -> Binary, document -> Text, kept_at -> BigInt, kept_by -> Text,
    }
}
table! { receipt_lists (id) { id -> BigInt, year -> BigInt, next_index -> BigInt, version -> BigInt, changed_at -> BigInt, } }
table! {
    receipts (id) {
        id -> Text, number -> Text, origin -> Text, card -> Text, decision -> Text, status_list -> BigInt, status_index -> BigInt,
        state -> Text, signed_at -> BigInt, signed_by -> Text, document -> Text,
    }
}
table! {
    receipt_revocations (id) { id -> Text, receipt_id -> Text, at -> BigInt, reason -> Text, actor -> Text, document -> Text, }
}
table! {
    peer_channels (peer) {
        peer -> Text, own -> BigInt, theirs -> BigInt, state -> Text, sent -> BigInt, seen -> BigInt, salt -> Text, alarm -> Nullable<Text>,
        changed_at -> BigInt, asked -> Nullable<Text>, wanted -> Nullable<BigInt>, handover -> Nullable<Text>,
    }
}
table! { restores (id) { id -> Text, began_at -> BigInt, ended_at -> Nullable<BigInt>, } }
table! {
    batches (id) {
        id -> Text, provider_id -> Text, name -> Text, digest -> Text, header -> Text, state -> Text, total -> BigInt, faulty -> BigInt,
        issued -> BigInt, failed -> BigInt, chunk -> BigInt, chunks -> BigInt, places -> Nullable<Text>, created_at -> BigInt, created_by -> Text,
        validated_at -> Nullable<BigInt>, approved_at -> Nullable<BigInt>, approved_by -> Nullable<Text>, started_at -> Nullable<BigInt>,
        finished_at -> Nullable<BigInt>, lease -> Text, leased_until -> BigInt, trouble -> Nullable<Text>, replacing -> BigInt,
    }
}
table! {
    batch_chunks (batch_id, n) { batch_id -> Text, n -> BigInt, lines -> BigInt, first -> BigInt, last -> BigInt, sealed -> Binary, }
}
table! {
    batch_errors (batch_id, line, n) {
        batch_id -> Text, line -> BigInt, n -> BigInt, phase -> Text, heading -> Text, field -> Text, code -> Text, got -> Nullable<Text>,
    }
}
table! {
    changes (id) {
        id -> Text, provider_id -> Text, step -> Text, reason -> Text, source -> Text, state -> Text, total -> BigInt, done -> BigInt,
        refused -> BigInt, chunk -> BigInt, chunks -> BigInt, sample -> Text, digest -> Text, effect -> Text, created_at -> BigInt,
        created_by -> Text, approved_at -> Nullable<BigInt>, approved_by -> Nullable<Text>, started_at -> Nullable<BigInt>,
        finished_at -> Nullable<BigInt>, lease -> Text, leased_until -> BigInt,
    }
}
table! { change_chunks (change_id, n) { change_id -> Text, n -> BigInt, ids -> Text, } }
table! { change_refusals (change_id, number) { change_id -> Text, number -> Text, code -> Text, } }
table! { change_events (id) { id -> Text, change_id -> Text, kind -> Text, at -> BigInt, actor -> Text, document -> Text, } }
table! { approval_rules (provider_id) { provider_id -> Text, above -> BigInt, changed_at -> BigInt, changed_by -> Text, } }
table! { batch_events (id) { id -> Text, batch_id -> Text, kind -> Text, at -> BigInt, actor -> Text, document -> Text, } }
table! { channel_events (id) { id -> Text, peer -> Text, kind -> Text, at -> BigInt, actor -> Text, document -> Text, } }
table! {
    transfers (id) {
        id -> Text, side -> Text, kind -> Nullable<Text>, peer -> Text, learner_id -> Nullable<Text>, state -> Text, terms -> Nullable<Text>,
        ask -> Nullable<Text>, decision -> Nullable<Text>, decided_epoch -> Nullable<BigInt>, return_of -> Nullable<Text>,
        agreement -> Nullable<Text>, grant_id -> Nullable<Text>, reason -> Nullable<Text>, amount -> BigInt, began_at -> BigInt,
        began_by -> Text, ended_at -> Nullable<BigInt>, answer_by -> Nullable<BigInt>, cancelled -> Bool, next_at -> Nullable<BigInt>,
        tries -> BigInt, error -> Nullable<Text>, unbooked -> Bool, decided_on -> Nullable<Text>,
    }
}
table! {
    transfer_messages (id) {
        id -> Text, digest -> Text, transfer_id -> Text, peer -> Text, sent -> Bool, kind -> Text, epoch -> BigInt, seq -> Nullable<BigInt>,
        at -> BigInt, text -> Text,
    }
}
table! { subject_salts (salt) { salt -> Text, peer -> Text, through -> Text, } }
table! { subject_commits (salt, commitment) { salt -> Text, commitment -> Text, learner_id -> Text, } }
table! {
    webhooks (id) {
        id -> Text, provider_id -> Nullable<Text>, url -> Text, events -> Text, secret -> Binary, old_secret -> Nullable<Binary>,
        old_until -> Nullable<BigInt>, disabled -> Nullable<Text>, created_at -> BigInt,
    }
}
table! {
    webhook_events (id) {
        id -> Text, kind -> Text, provider_id -> Nullable<Text>, at -> BigInt, body -> Text, spread_at -> Nullable<BigInt>,
    }
}
table! {
    webhook_deliveries (webhook_id, event_id) {
        webhook_id -> Text, event_id -> Text, state -> Text, tries -> BigInt, next_at -> Nullable<BigInt>, tried_at -> Nullable<BigInt>,
        status -> Nullable<BigInt>, error -> Nullable<Text>, answer -> Nullable<Text>,
    }
}
table! { webhook_changes (id) { id -> Text, webhook_id -> Text, kind -> Text, at -> BigInt, actor -> Text, document -> Text, } }

allow_tables_to_appear_in_same_query!(subject_salts, subject_commits);
joinable!(provider_intervals -> providers (provider_id));
joinable!(certificates -> providers (provider_id));
joinable!(certificate_events -> certificates (certificate_id));
allow_tables_to_appear_in_same_query!(clients, learner_views);
allow_tables_to_appear_in_same_query!(agreements, agreement_publications);
joinable!(programme_versions -> programmes (programme_id));
allow_tables_to_appear_in_same_query!(programmes, programme_versions);
joinable!(lot_balances -> lots (lot_id));
joinable!(movements -> lots (lot_id));
joinable!(movements -> entries (entry_id));
allow_tables_to_appear_in_same_query!(lots, lot_balances, entries, movements);
allow_tables_to_appear_in_same_query!(providers, provider_intervals, certificates, certificate_events, status_lists, keys);
joinable!(receipt_revocations -> receipts (receipt_id));
allow_tables_to_appear_in_same_query!(batches, batch_chunks);
allow_tables_to_appear_in_same_query!(receipts, receipt_revocations);
allow_tables_to_appear_in_same_query!(transfer_messages, transfers, peer_channels);
joinable!(webhook_deliveries -> webhooks (webhook_id));
joinable!(webhook_deliveries -> webhook_events (event_id));
allow_tables_to_appear_in_same_query!(webhooks, webhook_events, webhook_deliveries);
