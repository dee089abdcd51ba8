// Load over gRPC: unary calls kept in flight, and push streams, both by the callback API.
//
// Functions over channels; each blocks until its load is over. Thread rule: compatible.
// A load in which a call failed says how many and why: its figure is not worth telling.
#pragma once

#include <grpcpp/grpcpp.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/words.h"

namespace cadastre::bench {

using Channels = std::vector<std::shared_ptr<grpc::Channel>>;

// Connections of their own: channels of one process would else share one.
Channels Connect(const std::string& address, size_t connections);
// With the token and a deadline.
std::unique_ptr<grpc::ClientContext> ContextOf(const std::string& bearer, double deadline_seconds = 60);
Status FromGrpc(const grpc::Status& status);

// Bytes in, bytes out: the client does not parse, so that the server is what is measured.
struct UnaryLoad {
  // "/cadastre.catalog.v1.CatalogService/GetAsset".
  std::string method;
  std::string bearer;
  // Sent one after the other, again and again.
  std::vector<std::string> requests;
  size_t in_flight = 64;
  double seconds = 1;
};

struct LoadFigures {
  double per_second = 0;
  double answer_bytes = 0;  // of one answer, on average
  uint64_t done = 0;
  uint64_t failed = 0;
  std::string first_failure;
};

LoadFigures RunUnary(const Channels& channels, const UnaryLoad& load);

struct PushLoad {
  std::string bearer;
  // Must not be used before by the same principal.
  std::string stream_prefix;
  // Sets the next event, or returns false at the end. Called on any thread.
  std::function<bool(std::string*)> next;
  // Of each stream: sent and not yet acknowledged.
  int64_t in_flight = 256;
};

// One stream a channel, some at a time, each with one event until that is acknowledged. Counts acknowledged events,
// until the last is.
LoadFigures RunPush(const Channels& channels, const PushLoad& load);

}  // namespace cadastre::bench
