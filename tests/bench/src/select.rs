/// Those that the command line names; all of them where it names none.
pub fn selected<T: Copy>(all: &[(&'static str, T)]) -> Vec<T> {
    let chosen: Vec<_> = std::env::args().skip(1).filter(|argument| !argument.starts_with("--")).collect();
    let is_chosen = |name: &str| chosen.is_empty() || chosen.iter().any(|chosen| chosen == name);
    all.iter().filter(|(name, _)| is_chosen(name)).map(|(_, one)| *one).collect()
}
