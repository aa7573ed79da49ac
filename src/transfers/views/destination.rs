//! How a place to which credit can move looks in an answer.

use serde::Serialize;
use utoipa::ToSchema;
use verifier::agreement::print::{Article, Said};

use super::Words;

/// Where credit can move.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DestinationList)]
pub struct DestinationList {
    /// By region.
    pub items: Vec<DestinationView>,
}

/// A pinned region.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Destination)]
pub struct DestinationView {
    /// Its code.
    #[schema(example = "320000")]
    pub region: String,
    /// What it is called; absent until its bundle was read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<Words>,
    /// By what credit of this region can move there; perhaps nothing.
    pub grants: Vec<GrantView>,
}

/// A grant of an agreement in force.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DestinationGrant)]
pub struct GrantView {
    /// Digest of the agreement.
    #[schema(example = "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")]
    pub agreement: String,
    /// What the agreement is called.
    pub title: Words,
    /// Its version.
    #[schema(example = 1)]
    pub version: u32,
    /// Id of the grant.
    #[schema(example = "credit-sh-js")]
    pub grant: String,
    /// The one scheme of which credit moves by it; absent: of any.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "310000:credit")]
    pub scheme: Option<String>,
    /// The grant in words.
    pub article: ArticleView,
}

/// An article of an agreement in words.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DestinationArticle)]
pub struct ArticleView {
    /// Its heading.
    pub title: Words,
    /// Its clauses, in order.
    pub clauses: Vec<ClauseView>,
}

/// One member of it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DestinationClause)]
pub struct ClauseView {
    /// What it is called.
    pub name: Words,
    /// What it says.
    pub value: Words,
}

impl From<Said> for Words {
    fn from(said: Said) -> Words {
        Words { zh: said.zh, en: said.en }
    }
}

impl From<Article> for ArticleView {
    fn from(article: Article) -> ArticleView {
        let clauses = article.clauses.into_iter().map(|clause| ClauseView { name: clause.name.into(), value: clause.value.into() });
        ArticleView { title: article.title.into(), clauses: clauses.collect() }
    }
}
