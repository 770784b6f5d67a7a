import { Component, h, type ComponentChild, type ComponentType } from 'preact'

/** A component that is drawn again only when `same` says no. */
export function memo<P extends object>(draw: (props: P) => ComponentChild, same: (a: P, b: P) => boolean) {
  return class extends Component<P> {
    override shouldComponentUpdate(next: P): boolean {
      return !same(this.props as P, next)
    }
    override render() {
      return h(draw as ComponentType<P>, this.props as P)
    }
  }
}
