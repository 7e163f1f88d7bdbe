//! Secrets: making them up, and the proof of possession that PKCE asks for.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest, Sha256};

/// What begins the secrets of each kind, so that they can be searched for in logs and files.
pub(super) mod prefix {
    pub(in crate::identity) const ACCESS_TOKEN: &str = "sandbox-at-";
    pub(in crate::identity) const REFRESH_TOKEN: &str = "sandbox-rt-";
    pub(in crate::identity) const CODE: &str = "sandbox-code-";
    pub(in crate::identity) const SCREEN: &str = "sandbox-screen-";
    pub(in crate::identity) const BROWSER: &str = "sandbox-browser-";
}

/// Random bytes of what only has to be unguessable.
const SHORT: usize = 24;

/// Random bytes of a token: Atlassian's are long, and promised to be of any length.
const LONG: usize = 640;

/// A code, or another secret that is not kept for long.
pub(super) fn short(prefix: &str) -> String {
    random::<SHORT>(prefix)
}

/// A token.
pub(super) fn token(prefix: &str) -> String {
    random::<LONG>(prefix)
}

fn random<const BYTES: usize>(prefix: &str) -> String {
    let mut bytes = [0; BYTES];
    getrandom::fill(&mut bytes).expect("the system has a source of random numbers");
    let mut secret = prefix.to_owned();
    URL_SAFE_NO_PAD.encode_string(bytes, &mut secret);
    secret
}

/// What a PKCE verifier has to match (RFC 7636, section 4.6).
#[derive(Clone)]
pub(crate) enum Challenge {
    /// The verifier itself.
    Plain(String),
    /// The verifier's SHA-256 in unpadded base64url.
    S256(String),
}

impl Challenge {
    pub(super) fn accepts(&self, verifier: &str) -> bool {
        match self {
            Self::Plain(challenge) => challenge == verifier,
            Self::S256(challenge) => URL_SAFE_NO_PAD.encode(Sha256::digest(verifier)) == *challenge,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_verifier_matches_its_challenge_only() {
        // The example of RFC 7636, appendix B.
        let challenge = Challenge::S256("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM".to_owned());
        assert!(challenge.accepts("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"));
        assert!(!challenge.accepts("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXK"));
        assert!(!challenge.accepts(""));
        assert!(!challenge.accepts("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"));
        assert!(Challenge::Plain("same".to_owned()).accepts("same"));
        assert!(!Challenge::Plain("same".to_owned()).accepts("other"));
    }

    #[test]
    fn no_secret_is_made_twice() {
        let (one, other) = (short(prefix::CODE), short(prefix::CODE));
        assert_ne!(one, other);
        assert!(one.starts_with(prefix::CODE));
        assert!(token(prefix::ACCESS_TOKEN).len() > 800);
    }
}
