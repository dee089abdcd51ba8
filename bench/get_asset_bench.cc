#include <future>
#include <memory>

#include "base/status.h"
#include "bench/benches.h"
#include "bench/clock.h"
#include "bench/echo_server.h"
#include "bench/grpc_client.h"
#include "bench/local_rooms.h"
#include "cadastre/catalog/v1/catalog.grpc.pb.h"
#include "server/services/catalog_service.h"

namespace cadastre::bench {
namespace {

namespace c1 = catalog::v1;

constexpr size_t kInFlight = 64;
constexpr size_t kChannels = 4;
constexpr size_t kAssetsMax = 500;
constexpr char kGetAsset[] = "cadastre.catalog.v1.CatalogService/GetAsset";

c1::GetAssetRequest RequestOf(const base::AssetName& name) {
  c1::GetAssetRequest request;
  request.mutable_asset()->set_kind(std::string(base::AssetKindWord(name.kind)));
  request.mutable_asset()->set_namespace_(name.ns);
  request.mutable_asset()->set_name(name.name);
  return request;
}

// Datasets spread over the world that the viewer sees.
std::vector<c1::GetAssetRequest> VisibleAssets(Stage& stage, const ServerProcess& server) {
  const auto stub = c1::CatalogService::NewStub(Connect(server.grpc_address(), 1).front());
  const World& world = stage.world();
  std::vector<c1::GetAssetRequest> found;
  const uint64_t step = std::max<uint64_t>(1, world.shape().datasets / (4 * kAssetsMax));
  for (uint64_t i = 0; i < world.shape().datasets && found.size() < kAssetsMax; i += step) {
    const c1::GetAssetRequest request = RequestOf(world.NameOf(world.FirstDataset() + i));
    c1::GetAssetResponse response;
    if (stub->GetAsset(ContextOf(stage.wide_token()).get(), request, &response).ok()) found.push_back(request);
  }
  return found;
}

StatusOr<Traffic> TrafficOf(Stage& stage, const std::vector<c1::GetAssetRequest>& requests) {
  auto local = LocalRooms::Open(stage.folder());
  if (!local.ok()) return local.status();
  (*local)->engine().Take();
  for (const c1::GetAssetRequest& request : requests) {
    std::promise<Status> answered;
    (*local)->rooms().services().catalog->GetAsset(
        (*local)->CallOf(kGetAsset, stage.wide_token()), request,
        [&answered](const StatusOr<c1::GetAssetResponse>& answer) { answered.set_value(answer.status()); });
    if (Status status = answered.get_future().get(); !status.ok()) return status;
  }
  return (*local)->engine().Take();
}

}  // namespace

StatusOr<Section> MeasureGetAsset(Stage& stage) {
  const StatusOr<ServerProcess*> server = stage.Server();
  if (!server.ok()) return server.status();
  const std::vector<c1::GetAssetRequest> requests = VisibleAssets(stage, **server);
  if (requests.empty()) return base::Unavailable("the viewer sees no dataset of this world");
  const Channels channels = Connect((*server)->grpc_address(), kChannels);
  UnaryLoad reads{std::string("/") + kGetAsset, stage.wide_token(), {}, kInFlight, stage.settings().window_seconds};
  for (const c1::GetAssetRequest& request : requests) reads.requests.push_back(request.SerializeAsString());
  ASSIGN_OR_RETURN(const std::unique_ptr<EchoServer> echo_server, EchoServer::Start());
  const Channels echo_channels = Connect(echo_server->address(), kChannels);
  const UnaryLoad echo{"/bench.Echo/Echo", "", {"\x08\x01"}, kInFlight, stage.settings().window_seconds};
  LoadFigures read_figures;
  LoadFigures echo_figures;
  double cpu = 0;
  const Compared compared = CompareInTurns(
      stage.settings().rounds,
      [&] {
        const double before = (*server)->CpuSeconds();
        read_figures = RunUnary(channels, reads);
        cpu = ((*server)->CpuSeconds() - before) / static_cast<double>(std::max<uint64_t>(1, read_figures.done));
        return read_figures.per_second;
      },
      [&] {
        echo_figures = RunUnary(echo_channels, echo);
        return echo_figures.per_second;
      });
  if (read_figures.failed > 0) return base::Unavailable("GetAsset: ", read_figures.first_failure);
  if (echo_figures.failed > 0) return base::Unavailable("echo: ", echo_figures.first_failure);

  stage.StopServer();
  const StatusOr<Traffic> traffic = TrafficOf(stage, requests);
  if (!traffic.ok()) return traffic.status();
  const double count = static_cast<double>(requests.size());
  Section section("get_asset", "GetAsset, governed and audited, beside an echo");
  section.Add(
      {"GetAsset, 64 in flight", PerSecond(compared.ours), PerSecond(compared.beside), compared.ratio, "0.6 or more"});
  section.Say(base::Cat("Ours: ", kGetAsset, " on 4 connections by a viewer of 30 % of the assets, ", Figure(count),
                        " datasets in turn, answers of ", Figure(read_figures.answer_bytes), " bytes; ",
                        Figure(cpu * 1e6), " µs of server CPU a call. Reads ", Figure(traffic->reads / count),
                        " keys and ", Figure(traffic->cursors / count), " ranges a call, writes ",
                        Figure(traffic->keys_written / count), " keys, ", Figure(traffic->bytes_written / count),
                        " bytes (the audit record and its tree; fewer when calls share a sync)."));
  section.Say(base::Cat("Beside it: a gRPC server that gives back what it is sent, on as many connections, answers of ",
                        Figure(echo_figures.answer_bytes),
                        " bytes. Client and server share the cores; neither client parses the answer."));
  return section;
}

}  // namespace cadastre::bench
