// <sluice-player src="magnet:… | infohash" path="name/dir/file"></sluice-player>: a frame with the gateway's player.
(() => {
  const gateway = new URL('.', document.currentScript.src)

  const infohashOf = source => {
    const found = /(?:^|urn:btih:)([0-9a-f]{40}|[a-z2-7]{32})(?:$|&)/i.exec(source ?? '')
    return found ? found[1].toLowerCase() : null
  }

  const escaped = path => path.split('/').map(encodeURIComponent).join('/')

  class SluicePlayer extends HTMLElement {
    static observedAttributes = ['src', 'path']

    connectedCallback () { this.show() }

    attributeChangedCallback () { if (this.isConnected) this.show() }

    show () {
      const infohash = infohashOf(this.getAttribute('src'))
      if (!infohash) {
        this.textContent = 'sluice-player: src is neither a magnet link nor an infohash'
        return
      }
      const path = this.getAttribute('path')
      const frame = document.createElement('iframe')
      frame.src = new URL(`embed/${infohash}${path ? '/' + escaped(path) : ''}`, gateway)
      frame.allow = 'autoplay; fullscreen; picture-in-picture'
      frame.style.cssText = 'border:0;width:100%;height:100%'
      this.style.display ||= 'block'
      this.style.aspectRatio ||= '16 / 9'
      this.replaceChildren(frame)
    }
  }

  customElements.get('sluice-player') || customElements.define('sluice-player', SluicePlayer)
})()
