#include "cli/writing.h"

#include "base/status.h"
#include "cli/aspect_text.h"
#include "cli/inputs.h"

namespace cadastre::cli {

absl::Status UpsertAndTell(Session& session, const catalog::v1::UpsertAspectsRequest& request) {
  ASSIGN_OR_RETURN(const auto answer, Ask<catalog::v1::UpsertAspectsResponse>(
                                          session, "cadastre.catalog.v1.CatalogService/UpsertAspects", request));
  for (const int32_t index : answer.claims()) {
    if (index < 0 || index >= request.upserts_size()) continue;
    const catalog::v1::AspectUpsert& upsert = request.upserts(index);
    *session.screen.err << "kept as a claim only: " << AspectKind(upsert.aspect()) << " of "
                        << ShownText(AssetText(upsert.asset())) << '\n';
  }
  return TellWritten(session, answer, "written");
}

}  // namespace cadastre::cli
