// cadastre push.
#include <fstream>

#include "base/status.h"
#include "cli/commands/makers.h"
#include "cli/inputs.h"
#include "cli/pushing.h"

namespace cadastre::cli {
namespace {

class Push final : public Command {
 public:
  void Declare(Arguments& arguments) override {
    arguments.Positional("FILE", &path_, "OpenLineage events, one a line (NDJSON); - reads the input");
    arguments.Flag("--http", &options_.http, "By POST /api/v1/lineage/batch, also where a gRPC address is known");
    arguments.Option("--stream-id", &options_.stream_id,
                     "Go on with a stream whose program ended: the same file from its first event");
  }

  absl::Status Run(Session& session) override {
    if (path_ == "-") return PushAndTell(session, session.settings, *session.in, options_);
    std::ifstream file;
    RETURN_IF_ERROR(OpenFile("FILE", path_, &file));
    if (session.screen.err_is_tty) {
      options_.events = CountLines(file);
      file.clear();
      file.seekg(0);
    }
    return PushAndTell(session, session.settings, file, options_);
  }

 private:
  static uint64_t CountLines(std::istream& in) {
    EventSource source(in);
    uint64_t events = 0;
    while (source.Next().has_value()) ++events;
    return events;
  }

  std::string path_;
  PushRequestOptions options_;
};

}  // namespace

std::unique_ptr<Command> MakePush() { return std::make_unique<Push>(); }

}  // namespace cadastre::cli
