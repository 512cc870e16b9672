// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <openssl/asn1t.h>
#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/cms.h>
#include <openssl/conf.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/ocsp.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

/// EVP_EC_gen is a macro over a variadic function, which Swift cannot call.
static inline EVP_PKEY *_Nullable certway_generate_ec(const char *_Nonnull curve) { return EVP_EC_gen(curve); }

/// The flags are nested macros, which Swift does not import. RFC 4514 text keeps UTF-8 as it is.
static inline unsigned long certway_rfc4514_flags(void) {
    return (XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB) | ASN1_STRFLGS_UTF8_CONVERT;
}

/// The structure has members Swift does not import; the identifier becomes its own.
static inline void certway_set_key_identifier(AUTHORITY_KEYID *_Nonnull authority, ASN1_OCTET_STRING *_Nonnull identifier) {
    ASN1_OCTET_STRING_free(authority->keyid);
    authority->keyid = identifier;
}

/// The selection is an or of macros, which Swift does not import.
static inline int certway_public_key_selection(void) { return EVP_PKEY_PUBLIC_KEY; }

/// Whether OpenSSL reads the extension as what its type says: 0 where it does not know the type, 1 where it does, -1 where it cannot.
static inline int certway_extension_state(X509_EXTENSION *_Nonnull extension) {
    const X509V3_EXT_METHOD *method = X509V3_EXT_get(extension);
    if (method == NULL) return 0;
    void *value = X509V3_EXT_d2i(extension);
    if (value == NULL) return -1;
    if (method->it != NULL) {
        ASN1_item_free((ASN1_VALUE *)value, ASN1_ITEM_ptr(method->it));
    } else {
        method->ext_free(value);
    }
    return 1;
}

#if defined(__x86_64__)
// The halves and registers that only AVX and AVX-512 have need their instructions. A call of a function that does nothing would be left out.
__attribute__((noinline, zero_call_used_regs("all"), target("avx"))) static inline void certway_erase_avx(void) { __asm__ volatile(""); }
__attribute__((noinline, zero_call_used_regs("all"), target("avx512vl"))) static inline void certway_erase_avx512(void) { __asm__ volatile(""); }
#endif

/// Clears the registers that a call may leave values in. The dynamic linker writes all of them to the stack when a function is called
/// for the first time: what a signature left in a vector register would come to lie there, and stay when the key is gone.
__attribute__((noinline, zero_call_used_regs("all"))) static inline void certway_erase_registers(void) {
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx512vl")) {
        certway_erase_avx512();
    } else if (__builtin_cpu_supports("avx")) {
        certway_erase_avx();
    }
#endif
    __asm__ volatile("");
}

/// Overwrites the stack below the caller, as far down as functions that work with keys put their buffers, and clears the registers.
/// Costs about 2 µs.
__attribute__((noinline)) static inline void certway_erase_stack(void) {
    unsigned char room[64 * 1024];
    OPENSSL_cleanse(room, sizeof room);
    certway_erase_registers();
}
