"""The register of certificates (sổ gốc): numbers, blanks, certificates and every act on them."""
