// Before the first paint: the theme someone chose. Without a choice the system's holds.
try {
	const theme = localStorage.getItem('gyre.theme');
	if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;
} catch {
	// Storage is closed: the system's theme holds.
}
