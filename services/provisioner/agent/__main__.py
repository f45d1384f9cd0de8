"""`python -m services.provisioner.agent --config FILE`."""

import sys

from services.provisioner.agent.main import main

if __name__ == "__main__":
    sys.exit(main())
