#include "cli/session.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/util/json_util.h>

#include "base/status.h"

namespace cadastre::cli {

absl::Status AskInto(Session& session, std::string_view method, const google::protobuf::Message& request,
                     google::protobuf::Message* response) {
  const google::protobuf::FieldDescriptor* field = request.GetDescriptor()->FindFieldByName("min_revision");
  if (session.min_revision.empty() || field == nullptr) return session.caller->Call(method, request, response);
  const std::unique_ptr<google::protobuf::Message> waiting(request.New());
  waiting->CopyFrom(request);
  waiting->GetReflection()->SetString(waiting.get(), field, session.min_revision);
  return session.caller->Call(method, *waiting, response);
}

absl::Status PrintJson(Session& session, const google::protobuf::Message& message) {
  google::protobuf::util::JsonPrintOptions options;
  options.add_whitespace = true;
  std::string text;
  if (!google::protobuf::util::MessageToJsonString(message, &text, options).ok()) {
    return base::Internal("an answer that does not print as JSON");
  }
  *session.screen.out << text;
  if (!text.ends_with('\n')) *session.screen.out << '\n';
  return absl::OkStatus();
}

}  // namespace cadastre::cli
