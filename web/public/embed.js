// Cloister in another page:
//   <script src="https://cloister.example/embed.js" data-key="erp" data-workspace="finance" data-token-url="/cloister-token"></script>
// The page's own server answers data-token-url with {"token": "…"}: a short-lived token of who is signed in there.
(() => {
  const script = document.currentScript
  const home = new URL(script.src).origin
  const { key = '', workspace = '', tokenUrl = '', mode = 'button' } = script.dataset
  const zh = (document.documentElement.lang || navigator.language).toLowerCase().startsWith('zh')
  const words = zh ? { open: '向公司文件提问', close: '关闭' } : { open: 'Ask the company’s documents', close: 'Close' }
  const place = document.createElement('aside')
  place.setAttribute('aria-label', 'Cloister')
  const root = place.attachShadow({ mode: 'open' })
  const sheet = new CSSStyleSheet()
  sheet.replaceSync(`
    button { position: fixed; z-index: 2147483000; inset: auto 20px 20px auto; border: 0; border-radius: 99px; padding: 12px 20px;
      background: #1f5a4f; color: #fff; font: 600 15px system-ui, sans-serif; cursor: pointer; box-shadow: 0 4px 18px rgb(0 0 0 / 25%) }
    button:focus-visible { outline: 3px solid #83cbb7; outline-offset: 2px }
    iframe { position: fixed; z-index: 2147482999; inset: auto 20px 76px auto; width: min(420px, calc(100vw - 40px));
      height: min(680px, calc(100vh - 100px)); border: 1px solid #d8d4ca; border-radius: 12px; background: #faf8f4;
      box-shadow: 0 8px 40px rgb(0 0 0 / 25%) }
    iframe[hidden] { display: none }
    .whole { inset: 0; width: 100vw; height: 100vh; border: 0; border-radius: 0 }
    @media (max-width: 480px) {
      iframe:not(.whole) { inset: 48px 0 0; width: 100vw; height: calc(100dvh - 48px); border: 0; border-radius: 0; box-shadow: 0 -48px #faf8f4 }
      button[aria-expanded="true"] { inset: 7px 8px auto auto; padding: 6px 14px; box-shadow: none } }`)
  root.adoptedStyleSheets = [sheet]
  let frame = null
  const button = Object.assign(document.createElement('button'), { type: 'button', textContent: words.open })
  button.setAttribute('aria-expanded', 'false')
  button.onclick = () => show(frame === null || frame.hidden)

  function show(open) {
    if (open && !frame) {
      frame = document.createElement('iframe')
      frame.title = 'Cloister'
      frame.allow = 'clipboard-write'
      frame.src = `${home}/embed?key=${encodeURIComponent(key)}#/ask?workspace=${encodeURIComponent(workspace)}`
      if (mode === 'kiosk') frame.className = 'whole'
      root.prepend(frame)
    }
    frame.hidden = !open
    if (open) frame.focus()
    button.setAttribute('aria-expanded', String(open))
    button.textContent = open ? words.close : words.open
  }

  addEventListener('message', async (event) => {
    if (!frame || event.source !== frame.contentWindow || event.origin !== home) return
    if (event.data !== 'cloister:token' || !tokenUrl) return
    const reply = await fetch(tokenUrl, { method: 'POST', credentials: 'same-origin' }).then((one) => one.json(), () => ({}))
    frame.contentWindow.postMessage({ cloister: 'token', token: String(reply.token ?? '') }, home)
  })
  document.body.append(place)
  if (mode === 'kiosk') show(true)
  else root.append(button)
})()
