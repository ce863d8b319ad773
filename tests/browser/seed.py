"""Fills the database that DATABASE_URL names with the demo district; prints who may sign in, as JSON."""

import json
import os
import sys

import wsgi
from bureau.demo.context import DemoContext
from kernel.cli.demo import seed_demo
from kernel.cli.support import Tools
from kernel.config import load_config
from kernel.web.dates import today

tools = Tools(wsgi.create_app, tuple(wsgi.modules()), lambda: DemoContext(today()))
sys.stdout.write(json.dumps(seed_demo(tools, wsgi.create_app(load_config(os.environ))), ensure_ascii=False) + "\n")
