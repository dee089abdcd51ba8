// cadastre backup.
#include "base/status.h"
#include "cadastre/admin/v1/admin.pb.h"
#include "cli/client_words.h"
#include "cli/commands/makers.h"

namespace cadastre::cli {
namespace {

class Backup final : public Command {
 public:
  void Declare(Arguments& arguments) override {
    arguments.Positional("NAME", &name_, "A new folder below the server's backup root: letters, digits, . _ -");
  }

  absl::Status Run(Session& session) override {
    admin::v1::BackupRequest request;
    request.set_name(name_);
    ASSIGN_OR_RETURN(const auto answer,
                     Ask<admin::v1::BackupResponse>(session, "cadastre.admin.v1.AdminService/Backup", request));
    if (session.json) return PrintJson(session, answer);
    *session.screen.out << ShownText(answer.path()) << "  " << answer.bytes() << " bytes, audit log of "
                        << answer.audit_size() << " records\n";
    return absl::OkStatus();
  }

 private:
  std::string name_;
};

}  // namespace

std::unique_ptr<Command> MakeBackup() { return std::make_unique<Backup>(); }

}  // namespace cadastre::cli
