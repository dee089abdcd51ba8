// cadastre completion.
#include "cli/completion.h"
#include "base/status.h"
#include "cli/commands/makers.h"

namespace cadastre::cli {
namespace {

class Completion final : public Command {
 public:
  void Declare(Arguments& arguments) override { arguments.Positional("SHELL", &shell_, "bash or zsh"); }

  absl::Status Run(Session& session) override {
    if (shell_ != "bash" && shell_ != "zsh") return base::InvalidField("SHELL", "bash or zsh");
    *session.screen.out << (shell_ == "bash" ? BashCompletion(session.places) : ZshCompletion(session.places));
    return absl::OkStatus();
  }

 private:
  std::string shell_;
};

}  // namespace

std::unique_ptr<Command> MakeCompletion() { return std::make_unique<Completion>(); }

}  // namespace cadastre::cli
