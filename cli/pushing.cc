#include "cli/pushing.h"

#include <google/protobuf/struct.pb.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>

#include <memory>
#include <random>
#include <sstream>

#include "base/status.h"
#include "cli/client_words.h"
#include "cli/push_batches.h"
#include "cli/push_stream.h"
#include "cli/table.h"

namespace cadastre::cli {
namespace {

constexpr size_t kRefusedTold = 20;
constexpr std::string_view kTls = "https://";

std::string FreshStreamId() {
  std::random_device random;
  std::ostringstream id;
  id << "cadastre-" << std::hex << random() << random() << random() << random();
  return id.str();
}

absl::StatusOr<std::shared_ptr<grpc::Channel>> ChannelTo(const Settings& settings) {
  std::string_view address = settings.grpc;
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(16 << 20);
  if (address.starts_with(kTls)) {
    address.remove_prefix(kTls.size());
    grpc::SslCredentialsOptions tls;
    if (!settings.ca.empty()) {
      ASSIGN_OR_RETURN(tls.pem_root_certs, ReadPem("--ca", settings.ca));
    }
    if (!settings.key.empty()) {
      ASSIGN_OR_RETURN(tls.pem_cert_chain, ReadPem("--cert", settings.certificate));
      ASSIGN_OR_RETURN(tls.pem_private_key, ReadPem("--key", settings.key));
    }
    return grpc::CreateCustomChannel(std::string(address), grpc::SslCredentials(tls), arguments);
  }
  return grpc::CreateCustomChannel(std::string(address), grpc::InsecureChannelCredentials(), arguments);
}

std::string Note(const PushTotals& totals) {
  int64_t warnings = 0;
  for (const auto& [cause, count] : totals.warnings) warnings += count;
  std::string note = base::Cat(totals.accepted(), " accepted");
  if (totals.rejected > 0) note += base::Cat(", ", totals.rejected, " rejected");
  if (warnings > 0) note += base::Cat(", ", warnings, " warnings");
  if (totals.resumed > 0) note += base::Cat(", resumed ", totals.resumed, " times");
  return note;
}

void Tell(Session& session, const EventSource& source, const PushTotals& totals) {
  const Screen& screen = session.screen;
  *screen.out << totals.accepted() << " events accepted, " << totals.rejected << " rejected";
  if (totals.out_of_scope > 0) *screen.out << ", " << totals.out_of_scope << " parts outside of the push scope";
  *screen.out << '\n';
  if (!totals.revision.empty()) *screen.out << "revision " << ShownText(totals.revision) << '\n';
  Table warnings({"WARNING", ">EVENTS"});
  for (const auto& [cause, count] : totals.warnings) warnings.Add({cause, base::Cat(count)});
  warnings.Print(screen);
  for (size_t i = 0; i < totals.refused.size() && i < kRefusedTold; ++i) {
    const Refused& refused = totals.refused[i];
    *screen.err << "line " << source.LineOf(refused.event) << ": "
                << ShownText(refused.field.empty() || refused.reason.starts_with(refused.field)
                                 ? refused.reason
                                 : base::Cat(refused.field, ": ", refused.reason))
                << '\n';
  }
  if (totals.rejected > static_cast<int64_t>(kRefusedTold)) {
    *screen.err << "and " << totals.rejected - static_cast<int64_t>(kRefusedTold) << " more\n";
  }
}

// {"received", "accepted", "rejected": [{"line", "field", "reason"}], "warnings": {…}, "out_of_scope", "revision"},
// worded as the batch endpoint words it, with lines of the input for indexes.
void TellJson(Session& session, const EventSource& source, const PushTotals& totals) {
  google::protobuf::Struct answer;
  auto& fields = *answer.mutable_fields();
  fields["received"].set_number_value(static_cast<double>(totals.acknowledged));
  fields["accepted"].set_number_value(static_cast<double>(totals.accepted()));
  auto* rejected = fields["rejected"].mutable_list_value();
  for (const Refused& refused : totals.refused) {
    auto& one = *rejected->add_values()->mutable_struct_value()->mutable_fields();
    one["line"].set_number_value(static_cast<double>(source.LineOf(refused.event)));
    one["field"].set_string_value(refused.field);
    one["reason"].set_string_value(refused.reason);
  }
  auto& warnings = *fields["warnings"].mutable_struct_value()->mutable_fields();
  for (const auto& [cause, count] : totals.warnings) warnings[cause].set_number_value(static_cast<double>(count));
  fields["out_of_scope"].set_number_value(static_cast<double>(totals.out_of_scope));
  fields["revision"].set_string_value(totals.revision);
  const absl::Status printed = PrintJson(session, answer);
  if (!printed.ok()) *session.screen.err << base::MessageOf(printed) << '\n';
}

}  // namespace

absl::Status PushAndTell(Session& session, const Settings& settings, std::istream& in,
                         const PushRequestOptions& options) {
  EventSource source(in);
  absl::Status status;
  PushTotals totals;
  {
    Progress bar(session.screen, "events", options.events);
    const PushProgress progress = [&](const PushTotals& now) {
      bar.Show(static_cast<uint64_t>(now.acknowledged), Note(now));
    };
    if (options.http || settings.grpc.empty()) {
      const std::unique_ptr<Caller> caller = session.connect(settings);
      PushBatches batches(*caller);
      status = batches.Push(source, progress);
      totals = batches.totals();
    } else {
      PushOptions stream_options;
      stream_options.stream_id = options.stream_id.empty() ? FreshStreamId() : options.stream_id;
      stream_options.token = settings.token;
      ASSIGN_OR_RETURN(std::shared_ptr<grpc::Channel> channel, ChannelTo(settings));
      PushStream stream(std::move(channel), std::move(stream_options));
      status = stream.Push(source, progress);
      totals = stream.totals();
    }
  }
  if (session.json) {
    TellJson(session, source, totals);
  } else {
    Tell(session, source, totals);
  }
  if (!status.ok()) return status;
  if (totals.rejected > 0) return base::Aborted(totals.rejected, " events were rejected");
  return absl::OkStatus();
}

}  // namespace cadastre::cli
