import { render } from 'preact'
import './styles/fonts.css'
import './styles/base.css'
import './styles/shell.css'
import './styles/ask.css'
import './styles/source.css'
import { App } from './shell/app.tsx'

render(<App />, document.getElementById('app')!)
