// What every writing command says when it is done.
//
// Thread rule: confined.
#pragma once

#include <string_view>

#include "cadastre/catalog/v1/catalog.pb.h"
#include "cli/client_words.h"
#include "cli/session.h"

namespace cadastre::cli {

// The answer as JSON, or `done` with the revision that --min-revision takes; without one it was a check.
template <typename Response>
absl::Status TellWritten(Session& session, const Response& answer, std::string_view done) {
  if (session.json) return PrintJson(session, answer);
  if (answer.revision().empty()) {
    *session.screen.out << "checked; nothing was written\n";
    return absl::OkStatus();
  }
  *session.screen.out << done << session.screen.Painted(Paint::kDim, "  revision " + ShownText(answer.revision()))
                      << '\n';
  return absl::OkStatus();
}

// Sends the request and tells which statements were kept as claims only.
absl::Status UpsertAndTell(Session& session, const catalog::v1::UpsertAspectsRequest& request);

}  // namespace cadastre::cli
