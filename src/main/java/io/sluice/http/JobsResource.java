package io.sluice.http;

import io.sluice.library.SeedJobs;
import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** Files and folders that are being made into torrents. */
@Path("/api/v1/jobs")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "jobs")
public class JobsResource {

  @Inject SeedJobs jobs;

  @GET
  @Operation(summary = "What is being hashed, waits for it, or was lately")
  public List<JobJson> list() {
    return jobs.list().stream().map(JobJson::of).toList();
  }

  @GET
  @Path("{id}")
  @Operation(summary = "One of them")
  public JobJson one(@PathParam("id") String id) {
    return jobs.find(id)
        .map(JobJson::of)
        .orElseThrow(() -> new ProblemException(404, "there is no such job"));
  }
}
