#include "authz/proof/merkle.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <map>
#include <random>

#include "absl/strings/escaping.h"
#include "base/status.h"

namespace cadastre::proof {
namespace {

// The leaves of the reference tests of Certificate Transparency, whose hashes RFC 6962 and RFC 9162 share.
std::vector<std::string> ReferenceLeaves() {
  const std::vector<std::string> hex = {
      "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"};
  std::vector<std::string> leaves;
  for (const std::string& text : hex) leaves.push_back(absl::HexStringToBytes(text));
  return leaves;
}

// A tree by the definition of RFC 9162 section 2.1.1.
Hash Defined(const std::vector<std::string>& leaves, size_t begin, size_t end) {
  if (begin == end) return EmptyRoot();
  if (end - begin == 1) return LeafHash(leaves[begin]);
  const size_t split = std::bit_floor(end - begin - 1);
  return NodeHash(Defined(leaves, begin, begin + split), Defined(leaves, begin + split, end));
}

class Tree {
 public:
  explicit Tree(const std::vector<std::string>& leaves) {
    for (const std::string& leaf : leaves) {
      frontier_.Append(LeafHash(leaf), [this](const Frontier::Node& node) {
        nodes_[{node.at.level, node.at.index}] = node.hash;
      });
    }
  }
  NodeSource source() const {
    return [this](NodeAt at) -> absl::StatusOr<Hash> {
      const auto node = nodes_.find({at.level, at.index});
      if (node == nodes_.end()) return base::NotFound("no node");
      return node->second;
    };
  }
  const Frontier& frontier() const { return frontier_; }

 private:
  Frontier frontier_;
  std::map<std::pair<uint8_t, uint64_t>, Hash> nodes_;
};

TEST(MerkleTest, HashesAreThoseOfTheReferenceTrees) {
  const std::vector<std::string> leaves = ReferenceLeaves();
  const std::vector<std::string> roots = {"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
                                          "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
                                          "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
                                          "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
                                          "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
                                          "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
                                          "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
                                          "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
                                          "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"};
  for (size_t size = 0; size < roots.size(); ++size) {
    const Tree tree({leaves.begin(), leaves.begin() + static_cast<int64_t>(size)});
    EXPECT_EQ(HashText(tree.frontier().root()), roots[size]) << size;
    EXPECT_EQ(Defined(leaves, 0, size), tree.frontier().root()) << size;
  }
}

TEST(MerkleTest, EveryProofOfSmallTreesVerifiesAndNoOther) {
  std::vector<std::string> leaves;
  for (size_t size = 1; size <= 40; ++size) {
    leaves.push_back("leaf " + std::to_string(size));
    const Tree tree(leaves);
    const Hash root = tree.frontier().root();
    EXPECT_EQ(*RootOf(size, tree.source()), root);
    for (size_t index = 0; index < size; ++index) {
      const std::vector<Hash> proof = *InclusionProof(index, size, tree.source());
      const Hash leaf = LeafHash(leaves[index]);
      EXPECT_TRUE(VerifyInclusion(leaf, index, size, proof, root)) << index << " in " << size;
      EXPECT_FALSE(VerifyInclusion(leaf, size, size, proof, root));
      EXPECT_FALSE(VerifyInclusion(LeafHash("other"), index, size, proof, root));
      if (proof.empty()) continue;
      EXPECT_FALSE(VerifyInclusion(leaf, index, size, {proof.begin(), proof.end() - 1}, root));
    }
    for (size_t old_size = 0; old_size <= size; ++old_size) {
      const Hash old_root = Defined(leaves, 0, old_size);
      const std::vector<Hash> proof = *ConsistencyProof(old_size, size, tree.source());
      EXPECT_TRUE(VerifyConsistency(old_size, old_root, size, root, proof)) << old_size << " in " << size;
      if (old_size == 0 || old_size == size) continue;
      EXPECT_FALSE(VerifyConsistency(old_size, LeafHash("other"), size, root, proof));
      EXPECT_FALSE(VerifyConsistency(old_size, old_root, size, LeafHash("other"), proof));
      std::vector<Hash> longer = proof;
      longer.push_back(root);
      EXPECT_FALSE(VerifyConsistency(old_size, old_root, size, root, longer));
    }
  }
}

TEST(MerkleTest, RandomTreesGrowConsistently) {
  std::mt19937 random(20240601);
  std::vector<std::string> leaves;
  for (int i = 0; i < 3000; ++i) leaves.push_back(std::to_string(random()));
  const Tree tree(leaves);
  for (int round = 0; round < 200; ++round) {
    const size_t size = 1 + random() % leaves.size();
    const size_t old_size = 1 + random() % size;
    const size_t index = random() % size;
    const Hash root = Defined(leaves, 0, size);
    EXPECT_TRUE(
        VerifyInclusion(LeafHash(leaves[index]), index, size, *InclusionProof(index, size, tree.source()), root));
    EXPECT_TRUE(VerifyConsistency(old_size, Defined(leaves, 0, old_size), size, root,
                                  *ConsistencyProof(old_size, size, tree.source())));
  }
}

TEST(MerkleTest, AFrontierGoesOnFromItsPeaks) {
  std::vector<std::string> leaves;
  for (int i = 0; i < 21; ++i) leaves.push_back(std::to_string(i));
  const Tree tree(leaves);
  std::vector<Hash> peaks;
  for (const NodeAt at : Peaks(21)) peaks.push_back(*tree.source()(at));
  Frontier again(21, peaks);
  EXPECT_EQ(again.root(), tree.frontier().root());
  again.Append(LeafHash("next"), [](const Frontier::Node&) {});
  leaves.push_back("next");
  EXPECT_EQ(again.root(), Tree(leaves).frontier().root());
}

}  // namespace
}  // namespace cadastre::proof
