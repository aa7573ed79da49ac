//! The identifiers of the domain, each parsed once and then known to be good.
//!
//! Every type is made by `parse` and read by `as_str`, and is a JSON string. A refusal is an [`IdError`] with a stable code.

mod certificate_number;
mod credit_code;
mod id_document;
mod occupation;
mod region;
mod text;
mod words;

pub use certificate_number::CertificateNumber;
pub use credit_code::CreditCode;
pub use id_document::{IdDocument, IdKind, LastFour};
pub use occupation::{OccupationCode, OccupationPrefix};
pub use region::RegionCode;
pub use text::{PersonName, Title};
pub(crate) use words::word_list;
pub use words::{Grade, Level, TypeOfCertificate, Words};

coded_error! {
    /// Why a text is not the identifier it should be.
    IdError {
        /// A credit code is not 18 characters of `0-9A-HJ-NPQRTUWXY`.
        CreditCodeShape = "ids.credit_code_shape",
        /// The last character of a credit code does not follow from the others (GB 32100).
        CreditCodeCheck = "ids.credit_code_check",
        /// Character 17 of a credit code does not follow from characters 9 to 16 (GB 11714).
        CreditCodeOrganizationCheck = "ids.credit_code_organization_check",
        /// A region code is not six digits.
        RegionShape = "ids.region_shape",
        /// The first two digits name no province, municipality, autonomous or special administrative region (GB/T 2260).
        RegionProvince = "ids.region_province",
        /// An occupation code is not `N-NN-NN-NN`.
        OccupationShape = "ids.occupation_shape",
        /// An occupation prefix does not end at a group boundary.
        OccupationPrefixShape = "ids.occupation_prefix_shape",
        /// A number does not have the shape of its kind of document.
        DocumentShape = "ids.document_shape",
        /// The region part of a resident or residence-permit number names no province.
        DocumentRegion = "ids.document_region",
        /// The birth date inside a number is no real date from 1900 on.
        DocumentBirthDate = "ids.document_birth_date",
        /// The check character of a document number does not follow from the others.
        DocumentCheck = "ids.document_check",
        /// Not exactly four characters of `0-9A-Z`.
        LastFourShape = "ids.last_four_shape",
        /// A rank outside 0 to 7.
        LevelRange = "ids.level_range",
        /// A certificate number is not 4 to 40 characters of `0-9A-Z-`.
        CertificateNumberShape = "ids.certificate_number_shape",
        /// A name or title is empty or longer than 100 characters.
        TextLength = "ids.text_length",
        /// A name or title begins or ends with a space.
        TextSpace = "ids.text_space",
        /// A name or title holds a control, bidirectional, invisible, private-use or unassigned-plane character.
        TextCharacter = "ids.text_character",
        /// A name holds a digit, a symbol or a mark that no name has.
        NameCharacter = "ids.name_character",
        /// No such type of certificate.
        UnknownType = "ids.unknown_type",
        /// No such grade.
        UnknownGrade = "ids.unknown_grade",
    }
}

/// Gives a `struct Name(String)` with `parse` its `as_str`, conversions, `Display` and serde as a string.
macro_rules! string_id {
    ($name:ident) => {
        impl $name {
            /// The text, as it is written in documents.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl core::fmt::Display for $name {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                self.as_str()
            }
        }

        impl core::str::FromStr for $name {
            type Err = $crate::ids::IdError;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Self::parse(text)
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = <alloc::string::String as serde::Deserialize>::deserialize(deserializer)?;
                Self::parse(&text).map_err(serde::de::Error::custom)
            }
        }
    };
}
pub(crate) use string_id;
