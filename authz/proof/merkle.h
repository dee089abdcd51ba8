// The Merkle tree of the audit log: hashes, proofs and their verification, by RFC 9162 section 2.1 (SHA-256).
//
// Owner: none, functions and values. Thread rule: safe.
// Verification answers true or false; malformed proofs are false. Building a proof fails with the errors of `node`.
// Bounds: sizes below 2^63. Deliberately does not: store nodes, know what a leaf says.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace cadastre::proof {

using Hash = std::array<uint8_t, 32>;

// SHA-256(0x00 || leaf) and SHA-256(0x01 || left || right).
Hash LeafHash(std::string_view leaf);
Hash NodeHash(const Hash& left, const Hash& right);
// Of the empty tree: SHA-256 of nothing.
Hash EmptyRoot();

std::string HashText(const Hash& hash);
Hash Sha256(std::string_view bytes);

// The perfect subtree `index` of height `level`: leaves [index << level, (index + 1) << level).
struct NodeAt {
  uint8_t level;
  uint64_t index;
  friend bool operator==(const NodeAt&, const NodeAt&) = default;
};
// Looks up the hash of a perfect subtree.
using NodeSource = std::function<absl::StatusOr<Hash>(NodeAt)>;

// The perfect subtrees that make up a tree of `size` leaves, largest first.
std::vector<NodeAt> Peaks(uint64_t size);
// The root from the hashes of Peaks(size), in their order.
Hash RootOfPeaks(const std::vector<Hash>& peaks);
absl::StatusOr<Hash> RootOf(uint64_t size, const NodeSource& node);

// That leaf `index` is in the tree of `size` leaves. `index` < `size`.
absl::StatusOr<std::vector<Hash>> InclusionProof(uint64_t index, uint64_t size, const NodeSource& node);
bool VerifyInclusion(const Hash& leaf_hash, uint64_t index, uint64_t size, const std::vector<Hash>& proof,
                     const Hash& root);

// That the tree of `old_size` leaves is a prefix of the one of `new_size`. `old_size` <= `new_size`.
absl::StatusOr<std::vector<Hash>> ConsistencyProof(uint64_t old_size, uint64_t new_size, const NodeSource& node);
bool VerifyConsistency(uint64_t old_size, const Hash& old_root, uint64_t new_size, const Hash& new_root,
                       const std::vector<Hash>& proof);

// A tree that only grows: keeps the peaks, tells which nodes an appended leaf completes.
class Frontier {
 public:
  struct Node {
    NodeAt at;
    Hash hash;
  };

  Frontier() = default;
  // From the hashes of Peaks(size).
  Frontier(uint64_t size, std::vector<Hash> peaks) : size_(size), peaks_(std::move(peaks)) {}

  // Adds a leaf and calls `complete` for it and each perfect subtree it completes, lowest first.
  void Append(const Hash& leaf_hash, const std::function<void(const Node&)>& complete);

  uint64_t size() const { return size_; }
  Hash root() const { return RootOfPeaks(peaks_); }

 private:
  uint64_t size_ = 0;
  std::vector<Hash> peaks_;
};

}  // namespace cadastre::proof
