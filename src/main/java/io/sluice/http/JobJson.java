package io.sluice.http;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.sluice.library.SeedJobs;
import io.sluice.wire.InfoHash;
import java.util.Optional;

/**
 * Making a torrent of files, as the API shows it.
 *
 * @param name of the file or folder; where it lies is nobody's business
 * @param totalBytes 0 while it waits for its turn
 * @param infohash once the torrent can be streamed
 * @param error why there will be none
 */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record JobJson(
    String id,
    String name,
    @JsonInclude(JsonInclude.Include.ALWAYS) long hashedBytes,
    @JsonInclude(JsonInclude.Include.ALWAYS) long totalBytes,
    Optional<String> infohash,
    Optional<String> error) {

  static JobJson of(SeedJobs.Job job) {
    return new JobJson(
        job.id(),
        String.valueOf(job.path().getFileName()),
        job.hashedBytes(),
        job.totalBytes(),
        job.infoHash().map(InfoHash::hex),
        job.error());
  }
}
