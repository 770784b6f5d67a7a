// Before the first paint: the theme that was chosen. Storage may be refused.
try { const t = localStorage.getItem('cloister.theme'); if (t) document.documentElement.dataset.theme = t } catch {}
