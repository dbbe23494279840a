//! The address of a git repository, fit to be shown.

/// `url` without user and password: `https://token@host/path` becomes `https://host/path`.
///
/// `git@host:path` has no scheme, and its `git` is no secret; it stays.
pub(super) fn without_credentials(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else { return url.to_owned() };
    let (authority, path) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    format!("{scheme}://{host}{path}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_are_cut_and_nothing_else() {
        for (url, shown) in [
            (
                "https://gitlab-ci-token:AAA_bbb@gitlab.com/DataDog/systems-test.git",
                "https://gitlab.com/DataDog/systems-test.git",
            ),
            (
                "ssh://gitlab-ci-token:AAA_bbb@gitlab.com/DataDog/systems-test.git",
                "ssh://gitlab.com/DataDog/systems-test.git",
            ),
            ("https://token@gitlab.com/user/project.git", "https://gitlab.com/user/project.git"),
            ("ssh://token@gitlab.com/user/project.git", "ssh://gitlab.com/user/project.git"),
            ("https://gitlab.com/DataDog/systems-test.git", "https://gitlab.com/DataDog/systems-test.git"),
            ("gitlab.com/DataDog/systems-test.git", "gitlab.com/DataDog/systems-test.git"),
            ("git@github.com:user/project.git", "git@github.com:user/project.git"),
            ("https://a@b@host/with@sign", "https://host/with@sign"),
            ("https://user:pass@host", "https://host"),
            ("", ""),
        ] {
            assert_eq!(without_credentials(url), shown);
        }
    }
}
