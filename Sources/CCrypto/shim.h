#ifndef KAAI_CCRYPTO_SHIM_H
#define KAAI_CCRYPTO_SHIM_H
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <openssl/sha.h>
#include <openssl/crypto.h>
#endif
