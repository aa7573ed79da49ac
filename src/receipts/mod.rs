//! Recognition receipts (直接备案): this region says, signed and for good, that it recognises a certificate of another, so that its holder need not ask
//! again. A receipt mints nothing. It can be revoked, once.

pub mod api;
mod draft;
pub mod service;
pub mod store;
mod views;

pub use draft::{Asked, Input};
pub use views::View;

use crate::refusals;

refusals! {
    /// Why something about a receipt is refused.
    pub enum ReceiptRefusal {
        NotFound = 404, "receipts.not_found", "a receipt is named by its id", "没有该备案", "there is no such receipt";
        Terms = 422, "receipts.terms", "agreement and grant are named together, or neither", "协议和条款须一并写明，或都不写", "agreement and grant are named together or not at all";
        Own = 422, "receipts.own", "a receipt is for a certificate of another region", "本地区的证书无须备案", "a certificate of this region itself needs no receipt";
        NotValid = 409, "receipts.not_valid", "a certificate that is recognised is valid, by facts that are fresh", "该证书未核验为有效，不能备案", "the certificate is not found valid";
        NotCovered = 409, "receipts.not_covered", "a certificate is recognised by a grant of an agreement", "没有互认协议涉及此证书", "no agreement covers this";
        NotRecognised = 409, "receipts.not_recognised", "the grant recognises the certificate today", "不符合互认条款，不予认可", "the certificate is not recognised: the grant that is nearest does not accept it";
        InForce = 409, "receipts.in_force", "a certificate has one receipt in force at a time", "该证书已有有效备案", "there is a receipt in force for this certificate";
        Revoked = 409, "receipts.revoked", "a receipt is revoked once, for good", "该备案已撤销", "the receipt is revoked already";
        Reason = 422, "receipts.reason", "a reason has 1 to 200 characters without control characters", "须说明原因（1 至 200 字）", "a reason of 1 to 200 characters is needed";
    }
}
