/** Where the bytes of one file lie in the pieces of its torrent. Offsets are bytes of the file unless said otherwise. */
export class FilePieces {
  constructor(
    readonly pieceBytes: number,
    /** Where the file begins in the torrent. */
    readonly fileOffset: number,
    readonly length: number,
    readonly torrentBytes: number
  ) {}

  get first(): number {
    return this.at(0)
  }

  get last(): number {
    return this.at(Math.max(0, this.length - 1))
  }

  /** The piece that has a byte. */
  at(position: number): number {
    return Math.floor((this.fileOffset + position) / this.pieceBytes)
  }

  /** Where a byte stands in its piece. */
  within(position: number): number {
    return (this.fileOffset + position) % this.pieceBytes
  }

  /** The last byte of the file that is in a piece. */
  endOf(piece: number): number {
    return Math.min(this.length, (piece + 1) * this.pieceBytes - this.fileOffset) - 1
  }

  /** The first byte of the file that is in a piece. */
  startOf(piece: number): number {
    return Math.max(0, piece * this.pieceBytes - this.fileOffset)
  }

  bytesOf(piece: number): number {
    return Math.min(this.pieceBytes, this.torrentBytes - piece * this.pieceBytes)
  }

  /** Whether the file has all of a piece, so that what came over HTTP can be verified and shared. */
  holdsWhole(piece: number): boolean {
    return this.endOf(piece) - this.startOf(piece) + 1 === this.bytesOf(piece)
  }
}
