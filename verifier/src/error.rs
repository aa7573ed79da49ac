//! How this crate's errors are made: a closed enum, one stable dotted code a variant, words from [`crate::messages`].

/// Defines a closed error enum; `code()` is the contract, `Display` the English words of [`crate::messages`].
macro_rules! coded_error {
    ($(#[$meta:meta])* $name:ident { $($(#[$doc:meta])* $variant:ident = $code:literal,)+ }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum $name { $($(#[$doc])* $variant,)+ }

        impl $name {
            /// The stable dotted code of this refusal; its words are in [`crate::messages`].
            pub const fn code(&self) -> &'static str {
                match self { $(Self::$variant => $code,)+ }
            }
        }

        impl core::fmt::Display for $name {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                f.write_str($crate::messages::english(self.code()))
            }
        }

        impl core::error::Error for $name {}
    };
}
