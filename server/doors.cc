#include "server/doors.h"

#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/grpcpp.h>
#include <grpcpp/health_check_service_interface.h>
#include <grpcpp/impl/codegen/service_type.h>
#include <grpcpp/resource_quota.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <utility>
#include <vector>

#include "base/status.h"
#include "server/grpc/doors.h"
#include "server/http/gateway.h"
#include "server/http/http_server.h"
#include "server/metrics_page.h"
#include "server/rpc/method_table.h"

namespace cadastre::server {
namespace {

constexpr size_t kGrpcMemoryBytes = 384u << 20;
constexpr int kMessageSlackBytes = 64 << 10;

StatusOr<std::string> ReadFile(const std::string& path, std::string_view key) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return base::InvalidField(key, "a file that can be read");
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

StatusOr<std::shared_ptr<grpc::ServerCredentials>> CredentialsOf(const Config& config) {
  if (config.tls_certificate.empty()) return grpc::InsecureServerCredentials();
  grpc::SslServerCredentialsOptions options;
  grpc::SslServerCredentialsOptions::PemKeyCertPair pair;
  ASSIGN_OR_RETURN(pair.cert_chain, ReadFile(config.tls_certificate, "tls_certificate"));
  ASSIGN_OR_RETURN(pair.private_key, ReadFile(config.tls_key, "tls_key"));
  options.pem_key_cert_pairs.push_back(std::move(pair));
  if (!config.tls_client_ca.empty()) {
    ASSIGN_OR_RETURN(options.pem_root_certs, ReadFile(config.tls_client_ca, "tls_client_ca"));
    options.client_certificate_request = GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY;
  }
  return grpc::SslServerCredentials(options);
}

class BothDoors final : public Doors {
 public:
  BothDoors(Rooms& rooms, const Config& config)
      : rooms_(rooms), config_(config), bodies_(static_cast<size_t>(config.bodies_mib_in_memory) << 20) {}
  ~BothDoors() override { Stop(0); }

  Status OpenAll() {
    ASSIGN_OR_RETURN(methods_, MethodTable::Make(rooms_.services()));
    RETURN_IF_ERROR(OpenGrpc());
    RETURN_IF_ERROR(OpenHttp());
    return WriteAddresses();
  }

  std::string http_url() const override {
    const bool six = http_host_.find(':') != std::string::npos;
    return base::Cat(config_.tls_certificate.empty() ? "http://" : "https://", six ? "[" : "", http_host_,
                     six ? "]" : "", ":", http_->port());
  }
  std::string grpc_address() const override { return grpc_address_; }

  void Stop(int grace_seconds) override {
    if (http_) http_->Stop(grace_seconds);
    if (!grpc_) return;
    grpc_->GetHealthCheckService()->SetServingStatus(false);
    grpc_->Shutdown(std::chrono::system_clock::now() + std::chrono::seconds(grace_seconds));
    grpc_.reset();
  }

 private:
  Status OpenGrpc() {
    grpc::EnableDefaultHealthCheckService(true);
    grpc::reflection::InitProtoReflectionServerBuilderPlugin();
    ASSIGN_OR_RETURN(const HostPort at, ParseHostPort(config_.grpc_address, "grpc_address"));
    ASSIGN_OR_RETURN(const auto credentials, CredentialsOf(config_));
    grpc::ServerBuilder builder;
    int port = 0;
    const bool six = at.host.find(':') != std::string::npos;
    const std::string host = six ? base::Cat("[", at.host, "]") : at.host;
    builder.AddListeningPort(base::Cat(host, ":", at.port), credentials, &port);
    const int message_bytes = static_cast<int>(config_.body_mib_max << 20) + kMessageSlackBytes;
    builder.SetMaxReceiveMessageSize(message_bytes);
    // Without this, a second server on the same port would share its calls.
    builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
    grpc::ResourceQuota quota("cadastre");
    quota.Resize(kGrpcMemoryBytes);
    builder.SetResourceQuota(quota);
    const Services& services = rooms_.services();
    doors_.push_back(MakeCatalogDoor(services));
    doors_.push_back(MakeLineageDoor(services));
    doors_.push_back(MakeSearchDoor(services));
    doors_.push_back(MakeAuthzDoor(services));
    doors_.push_back(MakeAuditDoor(services));
    doors_.push_back(MakeIngestDoor(services));
    doors_.push_back(MakeAdminDoor(services));
    for (const auto& door : doors_) builder.RegisterService(door.get());
    grpc_ = builder.BuildAndStart();
    if (grpc_ == nullptr || port == 0)
      return base::Unavailable("grpc_address ", config_.grpc_address, " cannot be used");
    grpc_address_ = base::Cat(host, ":", port);
    return absl::OkStatus();
  }

  Status OpenHttp() {
    ASSIGN_OR_RETURN(const HostPort at, ParseHostPort(config_.http_address, "http_address"));
    openlineage::Limits limits;
    limits.event_bytes_max = static_cast<size_t>(config_.body_mib_max) << 20;
    connect_ = std::make_unique<ConnectDoor>(methods_.get(), &rooms_.front());
    openlineage_ = std::make_unique<OpenLineageDoor>(rooms_.services().ingest, &rooms_.front(), limits);
    metrics_ = std::make_unique<MetricsPage>(&rooms_);
    Gateway::Parts parts;
    parts.connect = connect_.get();
    parts.openlineage = openlineage_.get();
    parts.not_ready = [this] { return rooms_.NotReady(); };
    parts.metrics = [this](HttpRequest request, HttpReply reply) {
      metrics_->Handle(std::move(request), std::move(reply));
    };
    gateway_ = std::make_unique<Gateway>(std::move(parts));
    HttpOptions options;
    options.host = http_host_ = at.host;
    options.port = at.port;
    options.threads = static_cast<size_t>(config_.http_threads);
    options.body_bytes_max = static_cast<size_t>(config_.body_mib_max) << 20;
    options.tls_certificate = config_.tls_certificate;
    options.tls_key = config_.tls_key;
    options.tls_client_ca = config_.tls_client_ca;
    ASSIGN_OR_RETURN(http_, HttpServer::Start(options, &bodies_, [this](HttpRequest request, HttpReply reply) {
                       gateway_->Handle(std::move(request), std::move(reply));
                     }));
    return absl::OkStatus();
  }

  // Written aside and renamed, so that who waits for it never reads half of it.
  Status WriteAddresses() {
    const std::string path = config_.data_dir + "/addresses.json";
    std::ofstream file(path + ".new", std::ios::trunc);
    file << "{\"http\": \"" << http_url() << "\", \"grpc\": \"" << grpc_address() << "\"}\n";
    file.close();
    std::error_code error;
    if (file) std::filesystem::rename(path + ".new", path, error);
    if (!file || error) return base::Unavailable("addresses.json cannot be written");
    return absl::OkStatus();
  }

  Rooms& rooms_;
  const Config config_;
  ByteBudget bodies_;
  std::unique_ptr<MethodTable> methods_;
  std::unique_ptr<ConnectDoor> connect_;
  std::unique_ptr<OpenLineageDoor> openlineage_;
  std::unique_ptr<MetricsPage> metrics_;
  std::unique_ptr<Gateway> gateway_;
  std::vector<std::unique_ptr<grpc::Service>> doors_;
  std::unique_ptr<grpc::Server> grpc_;
  std::string grpc_address_;
  std::string http_host_;
  std::unique_ptr<HttpServer> http_;
};

}  // namespace

StatusOr<std::unique_ptr<Doors>> Doors::Open(Rooms& rooms, const Config& config) {
  auto doors = std::make_unique<BothDoors>(rooms, config);
  RETURN_IF_ERROR(doors->OpenAll());
  return std::unique_ptr<Doors>(std::move(doors));
}

}  // namespace cadastre::server
