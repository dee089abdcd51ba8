#include "server/rpc/connections.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

namespace cadastre::server {
namespace {

using base::Sender;
using std::chrono::seconds;

class ConnectionsTest : public testing::Test {
 protected:
  struct Client {
    std::unique_ptr<Connections::Seat> seat;
    bool told_to_go = false;
  };

  // A client that goes when it is told to is gone with Leave().
  Client* Connect(Connections& table, const std::string& address, int rested_seconds = 0) {
    Client* client = clients_.emplace_back(std::make_unique<Client>()).get();
    client->seat = table.TryEnter(Sender::OfAddress(address), [client] { client->told_to_go = true; });
    if (client->seat == nullptr) return nullptr;
    client->seat->RestedSince(Connections::Clock::now() - seconds(rested_seconds));
    return client;
  }
  Connections& Table(size_t max) {
    table_ = std::make_unique<Connections>(max);
    return *table_;
  }
  void Leave() {
    for (const auto& client : clients_) {
      if (client->told_to_go) client->seat.reset();
    }
  }
  std::unique_ptr<Connections> table_;  // outlives its seats
  std::vector<std::unique_ptr<Client>> clients_;
};

TEST_F(ConnectionsTest, WhoHasMostLosesTheQuietest) {
  Connections& table = Table(8);
  Client* lonely = Connect(table, "10.0.0.9", 1'000);
  std::vector<Client*> greedy;
  for (int i = 0; i < 7; ++i) greedy.push_back(Connect(table, "10.0.0.1", 10 * (i + 1)));
  ASSERT_NE(Connect(table, "10.0.0.2"), nullptr);
  EXPECT_TRUE(greedy.back()->told_to_go);
  EXPECT_FALSE(greedy.front()->told_to_go);
  EXPECT_FALSE(lonely->told_to_go);
  EXPECT_EQ(table.closed(), 1u);
}

TEST_F(ConnectionsTest, WhoHasMostGainsNothingByMore) {
  Connections& table = Table(8);
  Client* other = Connect(table, "10.0.0.9", 1'000);
  for (int i = 0; i < 100; ++i) {
    Connect(table, "10.0.0.1");
    Leave();
  }
  EXPECT_FALSE(other->told_to_go);
  EXPECT_LE(table.count(), 8u);
}

TEST_F(ConnectionsTest, ManyAddressesLoseTheQuietestOfThem) {
  Connections& table = Table(4);
  Client* quiet = Connect(table, "10.0.0.1", 50);
  for (int i = 2; i <= 4; ++i) Connect(table, "10.0.0." + std::to_string(i), 5);
  ASSERT_NE(Connect(table, "10.0.0.5"), nullptr);
  EXPECT_TRUE(quiet->told_to_go);
}

TEST_F(ConnectionsTest, WhoIsBeingWorkedForStays) {
  Connections& table = Table(2);
  for (int i = 0; i < 2; ++i) Connect(table, "10.0.0.1")->seat->Work();
  EXPECT_EQ(Connect(table, "10.0.0.2"), nullptr);
  EXPECT_EQ(table.refused(), 1u);
  clients_.front()->seat->Rest();
  EXPECT_NE(Connect(table, "10.0.0.2"), nullptr);
}

TEST_F(ConnectionsTest, WhoDoesNotGoLetsFewIn) {
  Connections& table = Table(64);
  size_t let_in = 0;
  for (int i = 0; i < 1'000; ++i) {
    if (Connect(table, "10.0." + std::to_string(i / 250) + "." + std::to_string(i % 250)) != nullptr) ++let_in;
  }
  EXPECT_LE(let_in, 64u + 4u);
  Leave();
  EXPECT_LE(table.count(), 64u);
}

}  // namespace
}  // namespace cadastre::server
