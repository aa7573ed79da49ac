// Takes the certificate out of the address bar before anything else happens, so that it stays in no history and on no screen.
// A classic script, because modules wait for the whole page; page.js picks up what was taken.
{
  const text = location.hash.slice(1);
  if (text) history.replaceState(null, "", location.pathname + location.search);
  document.presented = text;
}
