interface Policy {
  createScriptURL(url: string): unknown
}

const factory = (globalThis as { trustedTypes?: { createPolicy(name: string, rules: object): Policy } }).trustedTypes
// Workers of our own origin are the only scripts that are started by name.
const policy = factory?.createPolicy('cloister', {
  createScriptURL: (url: string) => {
    if (new URL(url, location.href).origin !== location.origin) throw new TypeError(`not of this origin: ${url}`)
    return url
  },
})

export const scriptUrl = (url: string): unknown => policy?.createScriptURL(url) ?? url
