#ifndef KAAI_CCRYPTO_SHIM_H
#define KAAI_CCRYPTO_SHIM_H
// The low-level digest functions are marked deprecated in favour of EVP, whose look-up of the
// algorithm costs more than hashing a short operation. They are kept in all of OpenSSL 3.
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>
#include <openssl/sha.h>

static inline int kaai_hmac_sha256(const void *key, int keyLength, const unsigned char *data,
                                   size_t length, unsigned char *out) {
  unsigned int n = 32;
  return HMAC(EVP_sha256(), key, keyLength, data, length, out, &n) != 0;
}
#endif
