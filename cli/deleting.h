// The commands that delete one thing by its id, and the check that every write of policy may be.
//
// Thread rule: confined.
#pragma once

#include <string>

#include "cli/arguments.h"
#include "cli/command.h"
#include "cli/writing.h"

namespace cadastre::cli {

inline void DeclareCheck(Arguments& arguments, bool* validate_only) {
  arguments.Flag("--validate-only", validate_only, "Check everything and write nothing");
}

template <typename Request, typename Response>
class DeleteById final : public Command {
 public:
  // `word` is how the argument is called; both live as long as the program.
  DeleteById(const char* method, const char* word) : method_(method), word_(word) {}

  void Declare(Arguments& arguments) override {
    arguments.Positional(word_, &id_, "Its id");
    arguments.Option("--etag", &etag_, "Only where it still has this etag, as get --json tells it");
    DeclareCheck(arguments, &validate_only_);
  }

  absl::Status Run(Session& session) override {
    Request request;
    request.set_id(id_);
    request.set_etag(etag_);
    request.set_validate_only(validate_only_);
    ASSIGN_OR_RETURN(const Response answer, Ask<Response>(session, method_, request));
    return TellWritten(session, answer, "deleted");
  }

 private:
  const char* method_;
  const char* word_;
  std::string id_, etag_;
  bool validate_only_ = false;
};

}  // namespace cadastre::cli
