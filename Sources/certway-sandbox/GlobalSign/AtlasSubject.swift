// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import PKIX

/// Member names of a request and what they become in a certificate, in the order of the encoding.
enum AtlasSubject {
    static let fields: [(member: String, type: String)] = [
        ("country", "C"), ("state", "ST"), ("locality", "L"), ("street_address", "street"),
        ("postal_code", "postalCode"), ("organization", "O"), ("organization_identifier", "2.5.4.97"),
        ("business_category", "businessCategory"),
        ("jurisdiction_of_incorporation_locality_name", "1.3.6.1.4.1.311.60.2.1.1"),
        ("jurisdiction_of_incorporation_state_or_province_name", "1.3.6.1.4.1.311.60.2.1.2"),
        ("jurisdiction_of_incorporation_country_name", "1.3.6.1.4.1.311.60.2.1.3"), ("given_name", "GN"),
        ("surname", "SN"), ("pseudonym", "pseudonym"), ("serial_number", "serialNumber"), ("common_name", "CN"),
        ("email", "emailAddress"),
    ]

    static let keyUsages: [(member: String, bit: KeyUsage)] = [
        ("digital_signature", .digitalSignature), ("content_commitment", .nonRepudiation),
        ("key_encipherment", .keyEncipherment), ("data_encipherment", .dataEncipherment),
        ("key_agreement", .keyAgreement), ("key_certificate_sign", .keyCertSign), ("crl_sign", .cRLSign),
        ("encipher_only", .encipherOnly), ("decipher_only", .decipherOnly),
    ]
}
