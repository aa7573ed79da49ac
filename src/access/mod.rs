//! Who may do what: API clients (OAuth 2.0 client credentials), their roles, and the scopes that a role has.

pub mod api;
pub mod oauth;
pub mod remembered;
pub mod rules;
pub mod service;
pub mod store;
pub mod token;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What a client is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Runs the registry.
    Operator,
    /// Issues for one provider, and sees only that.
    Provider,
    /// Another region or an employer's system: checks many, looks up by number.
    Partner,
    /// Reads everything, changes nothing.
    Auditor,
}

/// One thing that may be allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Register providers, change timelines, revoke keys, manage clients.
    RegionManage,
    /// Issue, suspend, reinstate, revoke, replace certificates.
    CertificatesWrite,
    /// Read certificates and lists of them.
    CertificatesRead,
    /// Verify by bare number, and many at once.
    VerifyMany,
    /// Read clients and evidence.
    Audit,
    /// See partner regions and what is held of them.
    PartnersRead,
    /// Pin partner regions and take the pin back.
    PartnersWrite,
    /// Open learners' accounts, find them by document, and hand over one-time codes.
    LearnersWrite,
    /// Read achievements and the credit they minted.
    AchievementsRead,
    /// Record, replace and void achievements.
    AchievementsWrite,
    /// See agreements with other regions, and who signed them.
    AgreementsRead,
    /// Propose, sign, end, publish and import agreements.
    AgreementsWrite,
    /// Ask what is recognised, and read kept decisions, waivers and receipts.
    RecognitionRead,
    /// Keep decisions, waive checks, and give and revoke receipts.
    RecognitionWrite,
    /// Move learners' credit to other regions and back.
    CreditMove,
    /// Say where events are told, and see how that goes.
    WebhooksManage,
}

impl Scope {
    /// Every scope.
    pub const ALL: [Scope; 16] = [
        Scope::RegionManage,
        Scope::CertificatesWrite,
        Scope::CertificatesRead,
        Scope::VerifyMany,
        Scope::Audit,
        Scope::PartnersRead,
        Scope::PartnersWrite,
        Scope::LearnersWrite,
        Scope::AchievementsRead,
        Scope::AchievementsWrite,
        Scope::AgreementsRead,
        Scope::AgreementsWrite,
        Scope::RecognitionRead,
        Scope::RecognitionWrite,
        Scope::CreditMove,
        Scope::WebhooksManage,
    ];

    /// Its name in a token.
    pub fn as_str(self) -> &'static str {
        match self {
            Scope::RegionManage => "region:manage",
            Scope::CertificatesWrite => "certificates:write",
            Scope::CertificatesRead => "certificates:read",
            Scope::VerifyMany => "verify:many",
            Scope::Audit => "audit:read",
            Scope::PartnersRead => "partners:read",
            Scope::PartnersWrite => "partners:write",
            Scope::LearnersWrite => "learners:write",
            Scope::AchievementsRead => "achievements:read",
            Scope::AchievementsWrite => "achievements:write",
            Scope::AgreementsRead => "agreements:read",
            Scope::AgreementsWrite => "agreements:write",
            Scope::RecognitionRead => "recognition:read",
            Scope::RecognitionWrite => "recognition:write",
            Scope::CreditMove => "credit:move",
            Scope::WebhooksManage => "webhooks:manage",
        }
    }

    /// What it allows, in words.
    pub fn describe(self) -> &'static str {
        match self {
            Scope::RegionManage => "register providers, change timelines, revoke keys, manage clients",
            Scope::CertificatesWrite => "issue, suspend, reinstate, revoke and replace certificates",
            Scope::CertificatesRead => "read certificates and lists of them",
            Scope::VerifyMany => "verify by bare number, and many at once",
            Scope::Audit => "read clients and evidence",
            Scope::PartnersRead => "see partner regions and what is held of them",
            Scope::PartnersWrite => "pin partner regions, ask them now, and take the pin back",
            Scope::LearnersWrite => "open learners' accounts, find them by document, and hand over one-time codes",
            Scope::AchievementsRead => "read achievements and the credit that they minted",
            Scope::AchievementsWrite => "record achievements, replace them by a new evaluation, and void them",
            Scope::AgreementsRead => "see agreements with other regions and who signed them",
            Scope::AgreementsWrite => "propose, sign, end, publish and import agreements",
            Scope::RecognitionRead => "ask what is recognised, and read kept decisions, waivers and receipts",
            Scope::RecognitionWrite => "keep decisions about recognition, waive checks of a grant for one case, and give and revoke receipts",
            Scope::CreditMove => "move learners' credit to other regions and back, and see what is in transit",
            Scope::WebhooksManage => "say where events are told, and see how that goes",
        }
    }
}

impl Role {
    /// Every role.
    pub const ALL: [Role; 4] = [Role::Operator, Role::Provider, Role::Partner, Role::Auditor];

    /// Its name in the database, in answers and on the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Role::Operator => "operator",
            Role::Provider => "provider",
            Role::Partner => "partner",
            Role::Auditor => "auditor",
        }
    }

    /// The role of this name.
    pub fn parse(name: &str) -> Option<Role> {
        Role::ALL.into_iter().find(|role| role.as_str() == name)
    }

    /// What the role may do.
    pub fn scopes(self) -> &'static [Scope] {
        match self {
            Role::Operator => &Scope::ALL,
            Role::Provider => &[
                Scope::CertificatesWrite,
                Scope::CertificatesRead,
                Scope::VerifyMany,
                Scope::LearnersWrite,
                Scope::AchievementsRead,
                Scope::AchievementsWrite,
                Scope::RecognitionRead,
                Scope::CreditMove,
                Scope::WebhooksManage,
            ],
            Role::Partner => &[Scope::VerifyMany, Scope::AgreementsRead, Scope::RecognitionRead],
            Role::Auditor => &[
                Scope::CertificatesRead,
                Scope::VerifyMany,
                Scope::Audit,
                Scope::PartnersRead,
                Scope::AchievementsRead,
                Scope::AgreementsRead,
                Scope::RecognitionRead,
            ],
        }
    }
}

/// Who is calling: a client whose token was checked and who is not disabled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    /// Client id.
    pub client_id: String,
    /// Its role.
    pub role: Role,
    /// The one provider that a client of role provider acts for.
    pub provider_id: Option<String>,
}

impl Caller {
    /// Whether the caller may see and act for `provider_id`.
    pub fn acts_for(&self, provider_id: &str) -> bool {
        match self.role {
            Role::Provider => self.provider_id.as_deref() == Some(provider_id),
            Role::Operator | Role::Partner | Role::Auditor => true,
        }
    }
}
