//! What the system says of the machine and of the process.

/// The machine's name, if the system tells it.
pub(crate) fn name() -> Option<String> {
    let told =
        ["/proc/sys/kernel/hostname", "/etc/hostname"].iter().find_map(|path| std::fs::read_to_string(path).ok());
    let name = told.or_else(|| std::env::var("HOSTNAME").ok()).or_else(|| std::env::var("COMPUTERNAME").ok())?;
    Some(name.trim().to_owned()).filter(|name| !name.is_empty())
}

/// What tells this process from others of the machine: `key:value`, sorted, joined by commas. Whether the user named the service or it
/// is a guess of the tracer is part of it. Source: agent-protocol 2.5, and recordings of other tracers.
pub(crate) fn process_tags(service: &str, service_is_users: bool) -> String {
    let path = std::env::current_exe().ok();
    let part = |part: Option<&std::ffi::OsStr>| part.map(|part| normalized(&part.to_string_lossy()));
    let name = part(path.as_deref().and_then(|path| path.file_name()));
    let folder = part(path.as_deref().and_then(|path| path.parent()).and_then(|parent| parent.file_name()));
    let workdir = std::env::current_dir().ok().and_then(|path| part(path.file_name()));
    let tags = [
        ("entrypoint.basedir", folder),
        ("entrypoint.name", name),
        ("entrypoint.type", Some("executable".to_owned())),
        ("entrypoint.workdir", workdir),
        if service_is_users { ("svc.user", Some("true".to_owned())) } else { ("svc.auto", Some(normalized(service))) },
    ];
    let tags: Vec<String> = tags.into_iter().filter_map(|(key, value)| Some(format!("{key}:{}", value?))).collect();
    tags.join(",")
}

/// Lower case, and nothing that separates tags.
// Only at the start.
#[cold]
fn normalized(value: &str) -> String {
    let kept =
        |character: char| if character.is_alphanumeric() || "_./-".contains(character) { character } else { '_' };
    value.chars().flat_map(char::to_lowercase).map(kept).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn process_tags_are_sorted_and_name_the_executable() {
        let tags = process_tags("shop", true);
        let keys: Vec<&str> = tags.split(',').filter_map(|tag| tag.split(':').next()).collect();
        assert_eq!(
            keys,
            ["entrypoint.basedir", "entrypoint.name", "entrypoint.type", "entrypoint.workdir", "svc.user"]
        );
        assert!(tags.contains("entrypoint.name:tracehound-"), "{tags}");
    }

    #[test]
    fn process_tags_tell_a_service_that_the_user_named_from_one_that_was_guessed() {
        assert!(process_tags("shop", true).ends_with(",svc.user:true"));
        assert!(process_tags("My Shop", false).ends_with(",svc.auto:my_shop"));
    }

    #[test]
    fn what_separates_tags_is_no_part_of_them() {
        assert_eq!(normalized("My App:1,2"), "my_app_1_2");
    }
}
