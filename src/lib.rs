//! Hufu (虎符): a registry that issues signed skill certificates and learning credits.
