// What a viewer chose about sharing. Where storage is blocked the choice lasts as long as the page.

const KEY = 'sluice.upload'

/** Bytes a second that others may get from this viewer; 0 is nothing at all. */
export const UPLOAD_CHOICES = [0, 250_000, 1_000_000, 5_000_000] as const
const USUAL = 1_000_000

let chosen: number | null = null

export function uploadLimit(): number {
  if (chosen !== null) return chosen
  try {
    const kept = Number(localStorage.getItem(KEY) ?? USUAL)
    return Number.isFinite(kept) && kept >= 0 ? kept : USUAL
  } catch {
    return USUAL
  }
}

export function setUploadLimit(bytesPerSecond: number): void {
  chosen = bytesPerSecond
  try {
    localStorage.setItem(KEY, String(bytesPerSecond))
  } catch {
    // blocked: it holds for this page
  }
}
