#include "authz/proof/merkle.h"

#include <openssl/evp.h>

#include <bit>

#include "base/check.h"
#include "base/status.h"

namespace cadastre::proof {
namespace {

Hash Digest(std::initializer_list<std::string_view> parts) {
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  CHECK(context != nullptr && EVP_DigestInit_ex(context, EVP_sha256(), nullptr) == 1) << "SHA-256";
  for (const std::string_view part : parts) {
    CHECK(EVP_DigestUpdate(context, part.data(), part.size()) == 1) << "SHA-256";
  }
  Hash hash;
  unsigned size = 0;
  CHECK(EVP_DigestFinal_ex(context, hash.data(), &size) == 1 && size == hash.size()) << "SHA-256";
  EVP_MD_CTX_free(context);
  return hash;
}

std::string_view Bytes(const Hash& hash) { return {reinterpret_cast<const char*>(hash.data()), hash.size()}; }

// The largest power of two smaller than `size`, which is at least 2.
uint64_t Split(uint64_t size) { return std::bit_floor(size - 1); }

// The hash of leaves [begin, end), where `begin` is a multiple of the largest power of two not above the width.
absl::StatusOr<Hash> RangeHash(uint64_t begin, uint64_t end, const NodeSource& node) {
  const uint64_t width = end - begin;
  if (std::has_single_bit(width)) {
    const auto level = static_cast<uint8_t>(std::countr_zero(width));
    return node({level, begin >> level});
  }
  const uint64_t split = Split(width);
  ASSIGN_OR_RETURN(const Hash left, RangeHash(begin, begin + split, node));
  ASSIGN_OR_RETURN(const Hash right, RangeHash(begin + split, end, node));
  return NodeHash(left, right);
}

}  // namespace

Hash Sha256(std::string_view bytes) { return Digest({bytes}); }
Hash LeafHash(std::string_view leaf) { return Digest({std::string_view("\x00", 1), leaf}); }
Hash NodeHash(const Hash& left, const Hash& right) {
  return Digest({std::string_view("\x01", 1), Bytes(left), Bytes(right)});
}
Hash EmptyRoot() { return Digest({}); }

std::string HashText(const Hash& hash) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  for (const uint8_t byte : hash) {
    text += kDigits[byte >> 4];
    text += kDigits[byte & 15];
  }
  return text;
}

std::vector<NodeAt> Peaks(uint64_t size) {
  std::vector<NodeAt> peaks;
  uint64_t begin = 0;
  while (size > 0) {
    const auto level = static_cast<uint8_t>(std::bit_width(size) - 1);
    peaks.push_back({level, begin >> level});
    begin += uint64_t{1} << level;
    size -= uint64_t{1} << level;
  }
  return peaks;
}

Hash RootOfPeaks(const std::vector<Hash>& peaks) {
  if (peaks.empty()) return EmptyRoot();
  Hash root = peaks.back();
  for (size_t i = peaks.size() - 1; i-- > 0;) root = NodeHash(peaks[i], root);
  return root;
}

absl::StatusOr<Hash> RootOf(uint64_t size, const NodeSource& node) {
  if (size == 0) return EmptyRoot();
  return RangeHash(0, size, node);
}

absl::StatusOr<std::vector<Hash>> InclusionProof(uint64_t index, uint64_t size, const NodeSource& node) {
  if (index >= size) return base::OutOfRange("leaf ", index, " is not in a tree of ", size);
  // From the root down; the proof lists siblings from the leaf up.
  std::vector<Hash> down;
  uint64_t begin = 0;
  uint64_t end = size;
  while (end - begin > 1) {
    const uint64_t middle = begin + Split(end - begin);
    const bool left = index < middle;
    ASSIGN_OR_RETURN(const Hash sibling, left ? RangeHash(middle, end, node) : RangeHash(begin, middle, node));
    down.push_back(sibling);
    (left ? end : begin) = middle;
  }
  return std::vector<Hash>(down.rbegin(), down.rend());
}

bool VerifyInclusion(const Hash& leaf_hash, uint64_t index, uint64_t size, const std::vector<Hash>& proof,
                     const Hash& root) {
  // RFC 9162 section 2.1.3.2.
  if (index >= size) return false;
  uint64_t at = index;
  uint64_t last = size - 1;
  Hash hash = leaf_hash;
  for (const Hash& sibling : proof) {
    if (last == 0) return false;
    if ((at & 1) != 0 || at == last) {
      hash = NodeHash(sibling, hash);
      while ((at & 1) == 0 && at != 0) {
        at >>= 1;
        last >>= 1;
      }
    } else {
      hash = NodeHash(hash, sibling);
    }
    at >>= 1;
    last >>= 1;
  }
  return last == 0 && hash == root;
}

absl::StatusOr<std::vector<Hash>> ConsistencyProof(uint64_t old_size, uint64_t new_size, const NodeSource& node) {
  if (old_size > new_size) return base::OutOfRange("a tree of ", old_size, " is no prefix of one of ", new_size);
  if (old_size == 0 || old_size == new_size) return std::vector<Hash>();
  // RFC 9162 section 2.1.4.1, walked from the root down.
  std::vector<Hash> down;
  uint64_t begin = 0;
  uint64_t end = new_size;
  uint64_t rest = old_size;
  bool whole = true;  // the old tree begins where this subtree does
  while (rest != end - begin) {
    const uint64_t split = Split(end - begin);
    if (rest <= split) {
      ASSIGN_OR_RETURN(const Hash right, RangeHash(begin + split, end, node));
      down.push_back(right);
      end = begin + split;
    } else {
      ASSIGN_OR_RETURN(const Hash left, RangeHash(begin, begin + split, node));
      down.push_back(left);
      begin += split;
      rest -= split;
      whole = false;
    }
  }
  if (!whole) {
    ASSIGN_OR_RETURN(const Hash own, RangeHash(begin, end, node));
    down.push_back(own);
  }
  return std::vector<Hash>(down.rbegin(), down.rend());
}

bool VerifyConsistency(uint64_t old_size, const Hash& old_root, uint64_t new_size, const Hash& new_root,
                       const std::vector<Hash>& proof) {
  if (old_size > new_size) return false;
  if (old_size == new_size) return proof.empty() && old_root == new_root;
  if (old_size == 0) return proof.empty() && old_root == EmptyRoot();
  if (proof.empty()) return false;
  // RFC 9162 section 2.1.4.2. Where the old tree is one perfect subtree, its root stands for the first hash.
  std::vector<Hash> path = proof;
  if (std::has_single_bit(old_size)) path.insert(path.begin(), old_root);
  uint64_t at = old_size - 1;
  uint64_t last = new_size - 1;
  while ((at & 1) != 0) {
    at >>= 1;
    last >>= 1;
  }
  Hash old_hash = path[0];
  Hash new_hash = path[0];
  for (size_t i = 1; i < path.size(); ++i) {
    if (last == 0) return false;
    if ((at & 1) != 0 || at == last) {
      old_hash = NodeHash(path[i], old_hash);
      new_hash = NodeHash(path[i], new_hash);
      while ((at & 1) == 0 && at != 0) {
        at >>= 1;
        last >>= 1;
      }
    } else {
      new_hash = NodeHash(new_hash, path[i]);
    }
    at >>= 1;
    last >>= 1;
  }
  return last == 0 && old_hash == old_root && new_hash == new_root;
}

void Frontier::Append(const Hash& leaf_hash, const std::function<void(const Node&)>& complete) {
  Node node{{0, size_}, leaf_hash};
  complete(node);
  // Every trailing one bit of the old size is a peak of the same height as what is being built.
  for (uint64_t rest = size_; (rest & 1) != 0; rest >>= 1) {
    node = {{static_cast<uint8_t>(node.at.level + 1), node.at.index >> 1}, NodeHash(peaks_.back(), node.hash)};
    peaks_.pop_back();
    complete(node);
  }
  peaks_.push_back(node.hash);
  ++size_;
}

}  // namespace cadastre::proof
